import Testing

@testable import Doctor

/// What the machine alone says.
struct MachineTests {
  private func advice(_ change: (inout Machine) -> Void) -> [String] {
    var machine = Patient.machine
    change(&machine)
    return Diagnosis(of: Evidence(machine: machine, sweep: nil)).advice
  }

  @Test func `without a spec there is no verdict`() {
    let text = Diagnosis(of: Evidence(machine: Patient.machine, sweep: nil)).text
    #expect(text.contains("OpenBLAS Haswell, x86-64-v3") && !text.contains("go"))
  }

  @Test func `a setting that holds OpenBLAS to an older kernel than the CPU has is told`() {
    let held = advice {
      $0.level = 4
      $0.settings = ["OPENBLAS_CORETYPE": "Haswell"]
    }
    #expect(held.count == 1)
    #expect(
      held.first?.hasPrefix("OPENBLAS_CORETYPE=Haswell holds OpenBLAS, which fits probes, to its Haswell kernel")
        == true)
    #expect(held.first?.contains("AVX-512") == true)
  }

  @Test(arguments: [("SkylakeX", 4), ("Cooperlake", 4), ("Haswell", 3), ("Zen", 3), ("Prescott", 1)])
  func `a kernel as new as the CPU needs no advice, whatever the setting`(kernel: String, level: Int) {
    #expect(
      advice {
        ($0.kernel, $0.level) = (kernel, level)
        $0.settings = ["OPENBLAS_CORETYPE": kernel]
      } == [])
  }

  @Test func `an OpenBLAS that does not know the CPU is told apart from a setting`() {
    let advice = advice { ($0.kernel, $0.level) = ("Sandybridge", 3) }
    #expect(advice.first?.contains("does not use this CPU's AVX2: a newer OpenBLAS") == true)
  }

  @Test func `packages that are missing are named`() {
    let advice = advice {
      $0.openBLAS += " USE_OPENMP"
      $0.charts = nil
    }
    #expect(advice.count == 2)
    #expect(advice.first?.contains("libopenblas-pthread-dev") == true)
    #expect(advice.last?.contains("libjs-chart.js") == true)
  }
}
