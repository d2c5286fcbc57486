/// Weights are multiples of 2^-22.
let weightBits = 22

/// To the nearest, halves to the even number; a >= 0, b > 0.
private func divideHalfEven(_ a: Int, _ b: Int) -> Int {
    let quotient = a / b
    let twice = a % b * 2
    return twice > b || (twice == b && quotient % 2 == 1) ? quotient + 1 : quotient
}

/// What a photo is resized to before the window is cut out of it.
func scaledSize(_ width: Int, _ height: Int, _ record: Preprocess) -> (width: Int, height: Int) {
    switch record.geometry {
    case .crop:
        let short = record.resizeShort
        return width <= height ? (short, short * height / width) : (short * width / height, short)
    case .stretch:
        return (record.width, record.height)
    case .fit:
        if width * record.height > height * record.width {
            return (record.width, max(1, divideHalfEven(height * record.width, width)))
        }
        return (max(1, divideHalfEven(width * record.height, height)), record.height)
    }
}

/// One side: the picture's pixels [pad, pad + count) are the scaled photo's [first, first + count).
struct Axis {
    let source, scaled, first, count, pad: Int

    init(source: Int, scaled: Int, target: Int) {
        self.source = source
        self.scaled = scaled
        first = scaled > target ? divideHalfEven(scaled - target, 2) : 0
        pad = scaled < target ? divideHalfEven(target - scaled, 2) : 0
        count = min(scaled, target)
    }

    private var scale: Double { Double(source) / Double(scaled) }

    /// Of the window, in the photo's pixels.
    var start: Double { Double(first) * scale }
    var extent: Double { Double(count) * scale }
}

/// Of each pixel of an axis: the first source pixel that it takes, and the weights from there on.
struct Taps {
    private(set) var first: [Int] = []
    private(set) var weights: [[Int32]] = []
    /// Behind the last source pixel that is needed.
    private(set) var end = 0

    init(_ filter: Filter, _ axis: Axis) {
        for i in axis.first..<axis.first + axis.count {
            let (begin, some) = Taps.ofPixel(i, filter, axis)
            first.append(begin)
            weights.append(some)
            end = max(end, begin + some.count)
        }
    }

    private static func ofPixel(_ i: Int, _ filter: Filter, _ axis: Axis) -> (Int, [Int32]) {
        if filter == .nearest {
            return ((2 * i + 1) * axis.source / (2 * axis.scaled), [1 << Int32(weightBits)])
        }
        let scale = Double(axis.source) / Double(axis.scaled)
        let factor = max(scale, 1.0)
        let support = halfWidth(filter) * factor
        let inverse = 1.0 / factor
        let center = (Double(i) + 0.5) * scale
        let begin = max(0, Int((center - support + 0.5).rounded(.down)))
        let end = min(axis.source, Int((center + support + 0.5).rounded(.down)))
        var real: [Double] = []
        var total = 0.0
        for k in begin..<end {
            let value = filterValue(filter, (Double(k) - center + 0.5) * inverse)
            real.append(value)
            total += value  // in this order
        }
        // Halves go away from zero.
        return (begin, real.map { Int32(($0 / total * Double(1 << weightBits)).rounded()) })
    }
}

private func halfWidth(_ filter: Filter) -> Double {
    switch filter {
    case .bicubic: return 2.0
    case .area: return 0.5
    default: return 1.0
    }
}

private func filterValue(_ filter: Filter, _ x: Double) -> Double {
    if filter == .area { return -0.5 < x && x <= 0.5 ? 1.0 : 0.0 }
    let d = abs(x)
    if filter == .bilinear { return d < 1.0 ? 1.0 - d : 0.0 }
    if d < 1.0 { return (1.5 * d - 2.5) * d * d + 1.0 }
    return d < 2.0 ? (((d - 5.0) * d + 8.0) * d - 4.0) * -0.5 : 0.0
}
