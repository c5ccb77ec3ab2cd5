import CKernels

/// Which build of the C kernels the loader chose.
public enum Kernels {
  /// The x86-64 level: 4 (AVX-512), 3 (AVX2 and FMA) or 1.
  public static let level = Int(rb_kernel_level())
}
