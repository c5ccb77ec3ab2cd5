import Testing

@testable import Doctor

@Suite struct ProcessorsTests {
  private func count(_ files: [String: String]) -> Int { Processors.count(machine: 64, ControlGroups { files[$0] }) }

  @Test func `without a quota all processors that the process is bound to count`() {
    #expect(count([:]) == 64)
    #expect(count(["/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cpu.max": "max 100000\n"]) == 64)
    #expect(
      count([
        "/proc/self/cgroup": "1:cpu,cpuacct:/\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      ]) == 64)
    #expect(count(["/proc/self/cgroup": "0::/../..\n", "/sys/fs/cgroup/cpu.max": "0 0\n"]) == 64)
  }

  @Test func `processors that the process is not bound to do not count`() {
    func bound(_ list: String) -> Int {
      count(["/proc/self/status": "Name:\tx\nCpus_allowed_list:\t\(list)\nMems_allowed:\t1\n"])
    }
    #expect(bound("0-3,8,10-11") == 7 && bound("5") == 1 && bound("0-127") == 64)
    for bad in ["", "x", "3-1", "99999999", "-"] { #expect(bound(bad) == 64) }
  }

  @Test func `a quota counts, of the tightest group, rounded up`() {
    let files = [
      "/proc/self/cgroup": "0::/pods/one\n", "/sys/fs/cgroup/pods/cpu.max": "350000 100000\n",
      "/sys/fs/cgroup/pods/one/cpu.max": "max 100000\n",
    ]
    #expect(count(files) == 4)
    let first = [
      "/proc/self/cgroup": "3:cpu:/docker/x\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    #expect(count(first) == 1)
  }
}
