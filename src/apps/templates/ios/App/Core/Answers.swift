import Foundation

/// Index of the best score; of equal ones the first.
func best(_ scores: [Float]) -> Int {
    var at = 0
    for i in scores.indices where scores[i] > scores[at] { at = i }
    return at
}

/// Indices of the `count` best scores, or of all when there are fewer; best first, of equal ones the first.
func top(_ scores: [Float], _ count: Int) -> [Int] {
    let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
    return Array(order.prefix(count))
}

/// Exponential smoothing over frames.
struct Smoothing {
    /// What new scores count for.
    var share: Float = 0.3
    private var before: [Float]?

    init(share: Float = 0.3) {
        self.share = share
    }

    mutating func reset() {
        before = nil
    }

    mutating func add(_ scores: [Float]) -> [Float] {
        guard let old = before, old.count == scores.count else {
            before = scores
            return scores
        }
        let new = zip(old, scores).map { $0 + share * ($1 - $0) }
        before = new
        return new
    }
}

/// Where the model found its answer: positive numbers speak for it. [height][width]
struct ClassMap: Equatable {
    var width, height: Int
    var data: [Float]
}

/// The last dense layer's weights, a row of `depth` numbers for each class. Applied to every place of the last feature map instead
/// of to their mean they tell where a class was seen (Zhou et al. 2016, arXiv:1512.04150).
struct ClassWeights {
    let height, width, depth: Int
    private let weights: [Float]

    /// Little-endian: height, width, depth as 32-bit integers, then the weights. Nil: they do not fit the classes.
    init?(file: Data, classes: Int) {
        guard file.count >= 12, file.count % 4 == 0 else { return nil }
        var words: [UInt32] = []
        words.reserveCapacity(file.count / 4)
        file.withUnsafeBytes { bytes in
            for at in stride(from: 0, to: bytes.count, by: 4) {
                var word: UInt32 = 0
                for i in 0..<4 { word |= UInt32(bytes[at + i]) << UInt32(8 * i) }
                words.append(word)
            }
        }
        height = Int(words[0])
        width = Int(words[1])
        depth = Int(words[2])
        weights = words.dropFirst(3).map { Float(bitPattern: $0) }
        guard depth > 0, weights.count == depth * classes else { return nil }
    }

    /// `feature(k, y, x)` gives the last feature map's number k of a place.
    func map(of index: Int, feature: (Int, Int, Int) -> Float) -> ClassMap {
        var data = [Float](repeating: 0, count: height * width)
        for k in 0..<depth {
            let weight = weights[index * depth + k]
            for place in data.indices {
                data[place] += weight * feature(k, place / width, place % width)
            }
        }
        return ClassMap(width: width, height: height, data: data)
    }
}

/// What this device made of the golden photos, beside what the computer that made the app did.
struct SelfTest {
    let tolerance: Double
    private(set) var photos = 0
    private(set) var agree = 0
    private(set) var largest = 0.0

    init(tolerance: Double) {
        self.tolerance = tolerance
    }

    mutating func add(expected: [Float], got: [Float]) {
        photos += 1
        guard expected.count == got.count else {
            largest = .infinity
            return
        }
        if best(expected) == best(got) { agree += 1 }
        for (a, b) in zip(expected, got) {
            let apart = abs(Double(a) - Double(b))
            largest = apart.isNaN ? .infinity : max(largest, apart)
        }
    }

    var passed: Bool { photos > 0 && agree == photos && largest <= tolerance }
}
