import CryptoKit
import XCTest

@testable import PhotoApp

/// A line of vectors.txt: a record, a photo's size, and what the program that made the project makes of it.
struct Vector {
    let record: Preprocess
    let photoWidth, photoHeight: Int
    let window: Window
    let picture: String

    init?(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 21, let geometry = Geometry(rawValue: Int(words[0]) ?? -1),
            let filter = Filter(rawValue: Int(words[2]) ?? -1), let color = ColorOrder(rawValue: Int(words[3]) ?? -1)
        else { return nil }
        let numbers = words[0..<19].map { Double($0) ?? .nan }
        record = Preprocess(
            width: Int(numbers[5]), height: Int(numbers[6]), geometry: geometry, resizeShort: Int(numbers[1]),
            filter: filter, color: color, padValue: Int(numbers[4]))
        photoWidth = Int(numbers[13])
        photoHeight = Int(numbers[14])
        window = Window(x: numbers[15], y: numbers[16], width: numbers[17], height: numbers[18])
        picture = words[19]
    }

    static func all() throws -> [Vector] {
        let url = try XCTUnwrap(Bundle(for: PreprocessTests.self).url(forResource: "vectors", withExtension: "txt"))
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return try lines.map { try XCTUnwrap(Vector(String($0))) }
    }

    func photo() -> Photo { formulaPhoto(width: photoWidth, height: photoHeight) }
}

/// pixel(x, y, c) = (37 x + 91 y + 53 c + 11 x y) mod 256
func formulaPhoto(width: Int, height: Int) -> Photo {
    var rgb: [UInt8] = []
    rgb.reserveCapacity(3 * width * height)
    for y in 0..<height {
        for x in 0..<width {
            for c in 0..<3 {
                let value = 37 * x + 91 * y + 53 * c + 11 * x * y
                rgb.append(UInt8(value % 256))
            }
        }
    }
    return Photo(width: width, height: height, rgb: rgb)
}

func digest(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: Data(bytes)).prefix(8).map { String(format: "%02x", $0) }.joined()
}
