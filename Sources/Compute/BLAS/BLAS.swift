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

  /// output[row, j] = Σ_k left[row, k] · right[k, j], all row-major float32 and dense. With few columns it takes half the
  /// time of the product with a transposed right side.
  static func multiplyDense(
    rows: Int, columns: Int, inner: Int, left: UnsafePointer<Float>, right: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    _ = kernel
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1, left, Int32(inner),
      right, Int32(columns), 0, output, Int32(columns))
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
}

/// A symmetric positive definite matrix, factored.
struct Cholesky {
  private let factor: [Double]
  private let order: Int

  /// Factors `matrix`, [order, order], of which the upper triangle is read (row by row); nil if it is not positive definite.
  init?(_ matrix: [Double], order: Int) {
    _ = BLAS.kernel
    var factor = matrix
    var (n, leading, info) = (Int32(order), Int32(order), Int32(0))
    // Row-major upper is column-major lower.
    dpotrf_("L", &n, &factor, &leading, &info)
    guard info == 0 else { return nil }
    self.factor = factor
    self.order = order
  }

  /// The rows x of [side, order] with matrix · x = right, for each row of `right`.
  func solve(_ right: [Double]) -> [Double] {
    var solution = right
    var (n, sides, info) = (Int32(order), Int32(right.count / order), Int32(0))
    var (leading, rightLeading) = (n, n)
    dpotrs_("L", &n, &sides, factor, &leading, &solution, &rightLeading, &info)
    return solution
  }
}
