extension PreprocessorFacts {
  /// The same values of pixels in another geometry; `side` is the height and width of the encoder's input.
  public func with(_ geometry: Experiment.Data.Geometry, side: Int) -> PreprocessorFacts {
    func facts(padding: Padding? = nil, _ resize: Resize, crop: (Int, Int)? = nil) -> PreprocessorFacts {
      PreprocessorFacts(
        padding: padding, resize: resize, filter: filter, crop: crop, rescale: rescale, mean: mean, std: std)
    }
    let whole = Resize.exact(height: side, width: side)
    return switch geometry {
    case .model: self
    case .crop: facts(.shortestEdge(side), crop: (side, side))
    case .squash: facts(whole)
    case .pad: facts(padding: .square, whole)
    }
  }
}
