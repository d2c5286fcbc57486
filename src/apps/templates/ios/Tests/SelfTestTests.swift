import XCTest

@testable import PhotoApp

/// The golden photos through Core ML on this device.
final class SelfTestTests: XCTestCase {
    func testThisDeviceAnswersAsTheComputer() throws {
        let classifier = try Classifier()
        var test = SelfTest(tolerance: classifier.info.tolerance)
        for index in classifier.info.golden.indices {
            let scores = try classifier.check(index, &test)
            XCTAssertEqual(scores.reduce(0, +), 1, accuracy: 0.02)  // probabilities already
        }
        XCTAssertEqual(test.agree, test.photos)
        XCTAssertTrue(test.passed, "largest difference \(test.largest)")
    }

    func testAModelThatCanExplainDoes() throws {
        let classifier = try Classifier()
        let photo = try Photo(of: classifier.goldenImage(0))
        XCTAssertEqual(try classifier.classify(photo, explain: true).map != nil, classifier.canExplain)
    }
}
