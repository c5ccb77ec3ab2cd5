import COpenBLAS

/// The one door to OpenBLAS. It is called single-threaded, from our own threads: with several BLAS threads a row's last
/// bits would depend on their number.
public enum BLAS {
  /// The kernel that OpenBLAS chose for this CPU (or was told to by `OPENBLAS_CORETYPE`), such as `Haswell`.
  public static let kernel: String = {
    openblas_set_num_threads(1)
    return String(cString: openblas_get_corename())
  }()

  /// How OpenBLAS was built, for `doctor`.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// output[row, column] = Σ_k input[row, k] · weight[column, k], all row-major float32.
  static func multiply(
    rows: Int, columns: Int, inner: Int, input: UnsafePointer<Float>, inputStride: Int, weight: UnsafePointer<Float>,
    weightStride: Int, output: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    _ = kernel
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(columns), Int32(inner), 1, input, Int32(inputStride),
      weight, Int32(weightStride), 0, output, Int32(outputStride))
  }

  /// output[i, j] = Σ_row left[row, i] · right[row, j], all row-major float32 and dense.
  static func multiplyTransposed(
    rows: Int, leftColumns: Int, rightColumns: Int, left: UnsafePointer<Float>, right: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    _ = kernel
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, Int32(leftColumns), Int32(rightColumns), Int32(rows), 1, left,
      Int32(leftColumns), right, Int32(rightColumns), 0, output, Int32(rightColumns))
  }

  /// Solves matrix · x = right in place for a symmetric positive definite matrix, [order, order]; `right` is
  /// [side, order]. False if the matrix is not positive definite.
  static func solveSymmetric(_ matrix: inout [Double], order: Int, right: inout [Double], sides: Int) -> Bool {
    _ = kernel
    var (n, columns, info) = (Int32(order), Int32(sides), Int32(0))
    var leading = n
    var rightLeading = n
    dposv_("U", &n, &columns, &matrix, &leading, &right, &rightLeading, &info)
    return info == 0
  }
}
