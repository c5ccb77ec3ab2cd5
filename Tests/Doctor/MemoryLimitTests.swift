import Testing

@testable import Doctor

@Suite struct MemoryLimitTests {
  private let machine: UInt64 = 256 << 30

  private func limit(_ files: [String: String], _ environment: [String: String] = [:]) -> MemoryLimit {
    .of(machine: machine, environment: environment, ControlGroups { files[$0] })
  }

  @Test func `without a bound it is the machine's memory`() {
    let none = MemoryLimit(machine: machine)
    #expect(limit([:]) == none)
    #expect(limit(["/proc/self/cgroup": "0::/user\n", "/sys/fs/cgroup/user/memory.max": "max\n"]) == none)
    #expect(
      limit([
        "/proc/self/cgroup": "4:memory:/\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      ]) == none)
    #expect(limit(["/proc/self/cgroup": "nonsense\n4:memory\n::\n"]) == none)
  }

  @Test func `the tightest control group counts, also one far above`() {
    let files = [
      "/proc/self/cgroup": "0::/system.slice/slurm/job_7/step_0\n",
      "/sys/fs/cgroup/system.slice/slurm/job_7/memory.max": "\(8 << 30)\n",
      "/sys/fs/cgroup/system.slice/slurm/job_7/step_0/memory.max": "max\n",
      "/sys/fs/cgroup/system.slice/memory.max": "\(100 << 30)\n",
    ]
    let found = limit(files)
    #expect(found.bytes == 8 << 30 && found.source == "/sys/fs/cgroup/system.slice/slurm/job_7/memory.max")
  }

  @Test func `in a container the first version's limit is at the top`() {
    let found = limit([
      "/proc/self/cgroup": "11:cpu,cpuacct:/docker/ab\n5:hugetlb,memory:/docker/ab\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "\(2 << 30)\n",
    ])
    #expect(found.bytes == 2 << 30 && found.source == "/sys/fs/cgroup/memory/memory.limit_in_bytes")
  }

  @Test func `what Slurm gave counts where it enforces nothing`() {
    #expect(limit([:], ["SLURM_MEM_PER_NODE": "4096"]).bytes == 4 << 30)
    let each = limit([:], ["SLURM_MEM_PER_CPU": "2048", "SLURM_CPUS_ON_NODE": "4"])
    #expect(each.bytes == 8 << 30 && each.source == "SLURM_MEM_PER_CPU")
    for bad in ["-1", "", "many", "99999999999999999999", "0"] {
      #expect(limit([:], ["SLURM_MEM_PER_NODE": bad]).source == nil)
    }
    #expect(limit([:], ["SLURM_MEM_PER_CPU": "8000000", "SLURM_CPUS_ON_NODE": "1048575"]).source == nil)
  }
}
