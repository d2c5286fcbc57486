import CoreML
import CoreVideo
import UIKit

/// One photo's answer.
struct Answer {
    var scores: [Float]
    /// Preprocessing and model.
    var milliseconds: Int
    var photoWidth, photoHeight: Int
    var window: Window
    var map: ClassMap?
}

/// The app's model, ready to run. One thread at a time.
final class Classifier {
    enum Failure: Error {
        case missing(String)
        case noMemory
        case noPhoto
    }

    let info: ModelInfo
    private let model: MLModel
    private let preprocessor: Preprocessor
    private let classWeights: ClassWeights?
    private let buffer: CVPixelBuffer  // the model's picture, photo after photo

    init() throws {
        let read = try ModelInfo.read(Classifier.data("model.json"))
        info = read
        preprocessor = Preprocessor(read.preprocess)
        classWeights = try read.classWeights.map { name in
            guard let weights = ClassWeights(file: try Classifier.data(name), classes: read.labels.count) else {
                throw Failure.missing(name)
            }
            return weights
        }
        guard let url = Bundle.main.url(forResource: "Model", withExtension: "mlmodelc") else { throw Failure.missing("Model") }
        model = try MLModel(contentsOf: url)
        buffer = try Classifier.pictureBuffer(read.preprocess)
    }

    var canExplain: Bool { classWeights != nil }

    func classify(_ photo: Photo, explain: Bool) throws -> Answer {
        guard photo.width > 0 else { throw Failure.noPhoto }
        let begin = DispatchTime.now().uptimeNanoseconds
        preprocessor.run(photo)
        fillBuffer()
        let image = try MLDictionaryFeatureProvider(dictionary: ["image": MLFeatureValue(pixelBuffer: buffer)])
        let output = try model.prediction(from: image)
        guard let byLabel = output.featureValue(for: "classLabel_probs")?.dictionaryValue else {
            throw Failure.missing("classLabel_probs")
        }
        let scores = try info.scores(from: byLabel)
        let nanoseconds = DispatchTime.now().uptimeNanoseconds - begin
        return Answer(
            scores: scores,
            milliseconds: Int((Double(nanoseconds) / 1e6).rounded()),
            photoWidth: photo.width,
            photoHeight: photo.height,
            window: preprocessor.window(width: photo.width, height: photo.height),
            map: explain ? map(of: best(scores), output) : nil)
    }

    func goldenImage(_ index: Int) throws -> UIImage {
        guard let image = UIImage(data: try Classifier.data(info.golden[index].file)) else { throw Failure.noPhoto }
        return image
    }

    /// Runs golden photo `index` and adds it to `test`.
    func check(_ index: Int, _ test: inout SelfTest) throws -> [Float] {
        let scores = try classify(Photo(of: goldenImage(index)), explain: false).scores
        test.add(expected: info.golden[index].scores, got: scores)
        return scores
    }

    private static func data(_ name: String) throws -> Data {
        guard let folder = Bundle.main.resourceURL?.appendingPathComponent("Data") else { throw Failure.missing(name) }
        return try Data(contentsOf: folder.appendingPathComponent(name))
    }

    private static func pictureBuffer(_ record: Preprocess) throws -> CVPixelBuffer {
        let format = record.color == .gray ? kCVPixelFormatType_OneComponent8 : kCVPixelFormatType_32BGRA
        let options = [kCVPixelBufferIOSurfacePropertiesKey: [:] as CFDictionary] as CFDictionary
        var made: CVPixelBuffer?
        CVPixelBufferCreate(kCFAllocatorDefault, record.width, record.height, format, options, &made)
        guard let buffer = made else { throw Failure.noMemory }
        return buffer
    }

    // Its rows may be longer than they need.
    private func fillBuffer() {
        CVPixelBufferLockBaseAddress(buffer, [])
        defer { CVPixelBufferUnlockBaseAddress(buffer, []) }
        guard let base = CVPixelBufferGetBaseAddress(buffer) else { return }
        let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
        let (width, height) = (info.preprocess.width, info.preprocess.height)
        for y in 0..<height {
            let row = base.advanced(by: y * rowBytes).assumingMemoryBound(to: UInt8.self)
            for x in 0..<width {
                let pixel = y * width + x
                if info.preprocess.color == .gray {
                    row[x] = preprocessor.gray(at: pixel)
                } else {
                    row[4 * x] = preprocessor.picture[3 * pixel + 2]
                    row[4 * x + 1] = preprocessor.picture[3 * pixel + 1]
                    row[4 * x + 2] = preprocessor.picture[3 * pixel]
                    row[4 * x + 3] = 255
                }
            }
        }
    }

    // The last feature map is [1][depth][height][width].
    private func map(of index: Int, _ output: MLFeatureProvider) -> ClassMap? {
        guard let weights = classWeights, let features = output.featureValue(for: "features")?.multiArrayValue,
            features.dataType == .float32, features.shape.map(\.intValue) == [1, weights.depth, weights.height, weights.width]
        else { return nil }
        let strides = features.strides.map(\.intValue)
        let numbers = features.dataPointer.assumingMemoryBound(to: Float.self)
        return weights.map(of: index) { k, y, x in numbers[k * strides[1] + y * strides[2] + x * strides[3]] }
    }
}
