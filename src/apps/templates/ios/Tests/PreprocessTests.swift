import XCTest

@testable import PhotoApp

final class PreprocessTests: XCTestCase {
    func testPicturesAreThoseOfTheComputer() throws {
        for vector in try Vector.all() {
            let preprocessor = Preprocessor(vector.record)
            preprocessor.run(vector.photo())
            XCTAssertEqual(digest(preprocessor.picture), vector.picture, "\(vector.record)")
        }
    }

    func testWindowsAreThoseOfTheComputer() throws {
        for vector in try Vector.all() {
            let window = Preprocessor(vector.record).window(width: vector.photoWidth, height: vector.photoHeight)
            XCTAssertEqual(window, vector.window, "\(vector.record)")
        }
    }

    func testAnySizeOfInputNotThatOfOneModel() throws {
        XCTAssertTrue(Set(try Vector.all().map(\.record.width)).isSuperset(of: [160, 224, 260]))
    }

    func testTheFirstVectorsAreOfTheModelsRecord() throws {
        XCTAssertEqual(try Classifier().info.preprocess, try Vector.all()[0].record)
    }

    func testPaddingBehindRowsIsSkipped() {
        let plain: [UInt8] = [1, 2, 3, 0, 4, 5, 6, 0]
        let padded: [UInt8] = [1, 2, 3, 0, 9, 9, 9, 9, 4, 5, 6, 0, 9, 9, 9, 9]
        var a = Photo()
        var b = Photo()
        XCTAssertTrue(a.read(plain, width: 1, height: 2, rowBytes: 4, order: .rgba))
        XCTAssertTrue(b.read(padded, width: 1, height: 2, rowBytes: 8, order: .rgba))
        XCTAssertEqual(a.rgb, [1, 2, 3, 4, 5, 6])
        XCTAssertEqual(b.rgb, a.rgb)
    }

    func testRedAndBlueKeepTheirPlaces() {
        var photo = Photo()
        XCTAssertTrue(photo.read([UInt8]([30, 20, 10, 255]), width: 1, height: 1, rowBytes: 4, order: .bgra))
        XCTAssertEqual(photo.rgb, [10, 20, 30])
        XCTAssertFalse(photo.read([UInt8]([0, 0, 0, 0]), width: 1, height: 1, rowBytes: 3, order: .bgra))
    }
}
