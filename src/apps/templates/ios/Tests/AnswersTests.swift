import XCTest

@testable import PhotoApp

final class AnswersTests: XCTestCase {
    func testOfEqualScoresTheFirstIsTheAnswer() {
        XCTAssertEqual(best([0.1, 0.45, 0.45]), 1)
        XCTAssertEqual(top([0.1, 0.45, 0.45], 3), [1, 2, 0])
    }

    func testTwoClassesHaveTwoBars() {
        XCTAssertEqual(top([0.3, 0.7], 3), [1, 0])
        XCTAssertEqual(top([1], 3), [0])
    }

    func testSmoothingMovesTowardsNewScores() {
        var smoothing = Smoothing(share: 0.5)
        XCTAssertEqual(smoothing.add([1, 0]), [1, 0])
        XCTAssertEqual(smoothing.add([0, 1]), [0.5, 0.5])
        smoothing.reset()
        XCTAssertEqual(smoothing.add([0, 1]), [0, 1])
    }

    func testMapIsTheDenseLayerAtEveryPlace() throws {
        var file = Data()
        for word: UInt32 in [1, 2, 2] { withUnsafeBytes(of: word.littleEndian) { file.append(contentsOf: $0) } }
        for weight: Float in [1, 10, -1, 3] {
            withUnsafeBytes(of: weight.bitPattern.littleEndian) { file.append(contentsOf: $0) }
        }
        let weights = try XCTUnwrap(ClassWeights(file: file, classes: 2))
        let features: [[Float]] = [[1, 3], [2, 4]]  // by depth, then place
        XCTAssertEqual(weights.map(of: 0) { k, _, x in features[k][x] }, ClassMap(width: 2, height: 1, data: [21, 43]))
        XCTAssertEqual(weights.map(of: 1) { k, _, x in features[k][x] }.data, [5, 9])
        XCTAssertNil(ClassWeights(file: file, classes: 3))
    }

    func testSelfTestPassesWhenLabelsAgreeWithinTheTolerance() {
        var test = SelfTest(tolerance: 0.01)
        XCTAssertFalse(test.passed)
        test.add(expected: [0.2, 0.8], got: [0.205, 0.795])
        XCTAssertTrue(test.passed)
        test.add(expected: [0.5, 0.5], got: [0.495, 0.505])
        XCTAssertEqual(test.agree, 1)
        XCTAssertFalse(test.passed)
    }

    func testSelfTestFailsBeyondTheToleranceAndOnNoNumber() {
        for got: [Float] in [[0.3, 0.7], [.nan, 0.8], [1]] {
            var test = SelfTest(tolerance: 0.01)
            test.add(expected: [0.2, 0.8], got: got)
            test.add(expected: [0.2, 0.8], got: [0.2, 0.8])
            XCTAssertFalse(test.passed)
        }
    }

    func testLabelsAreThoseOfTheModelAndNoneIsDropped() throws {
        let labels = #"["a\n\"b\"", "🐈, кот", ""]"#
        XCTAssertEqual(try info(labels, "[0, 0, 1]").labels, ["a\n\"b\"", "🐈, кот", ""])
        XCTAssertThrowsError(try info(#"["a"]"#, "[0, 0, 1]"))
        XCTAssertThrowsError(try info("[]", "[]"))
        let two = try info(#"["a", "b"]"#, "[0, 1]")
        XCTAssertEqual(try two.scores(from: ["b": 0.75, "a": 0.25]), [0.25, 0.75])
        XCTAssertThrowsError(try two.scores(from: ["a": 1]))
        XCTAssertThrowsError(try two.scores(from: ["a": 0.5, "c": 0.5]))
    }

    func testBelowTheThresholdNothingIsSure() throws {
        let two = try info(#"["a", "b"]"#, "[0, 1]")
        XCTAssertTrue(two.isSure([0.4, 0.6]))
        XCTAssertFalse(two.isSure([0.45, 0.55]))
    }

    private func info(_ labels: String, _ scores: String) throws -> ModelInfo {
        let json = """
            {"name": "n", "class_weights": null, "labels": \(labels), "threshold": 0.6, "tolerance": 0.01,
             "preprocess": {"width": 1, "height": 1, "geometry": 0, "resize_short": 1, "filter": 0, "color": 0, "pad_value": 0},
             "golden": [{"file": "golden/0.png", "scores": \(scores)}]}
            """
        return try ModelInfo.read(Data(json.utf8))
    }
}
