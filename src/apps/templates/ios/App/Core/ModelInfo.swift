import Foundation

/// What the app knows of its model: model.json.
struct ModelInfo: Decodable {
    struct Golden: Decodable {
        var file: String
        var scores: [Float]
    }

    struct Mismatch: Error {}

    var name: String
    /// In the order of the scores.
    var labels: [String]
    /// A best score below it means "not sure".
    var threshold: Float
    /// Largest difference of a score that the self-test accepts.
    var tolerance: Double
    var preprocess: Preprocess
    var golden: [Golden]
    /// File with ClassWeights; nil: the model has no map of where it looked.
    var classWeights: String?

    enum CodingKeys: String, CodingKey {
        case name, labels, threshold, tolerance, preprocess, golden
        case classWeights = "class_weights"
    }

    static func read(_ json: Data) throws -> ModelInfo {
        let info = try JSONDecoder().decode(ModelInfo.self, from: json)
        guard !info.labels.isEmpty, info.golden.allSatisfy({ $0.scores.count == info.labels.count }) else { throw Mismatch() }
        return info
    }

    func isSure(_ scores: [Float]) -> Bool {
        scores[best(scores)] >= threshold
    }

    /// In the order of the labels, from what Core ML gives by label. Throws when one of them is not there.
    func scores(from byLabel: [AnyHashable: NSNumber]) throws -> [Float] {
        guard byLabel.count == labels.count else { throw Mismatch() }
        return try labels.map { label in
            guard let score = byLabel[label] else { throw Mismatch() }
            return score.floatValue
        }
    }
}
