/// Numbers are those of model.json.
enum Geometry: Int, Decodable { case crop, stretch, fit }

enum Filter: Int, Decodable { case bilinear, bicubic, area, nearest }

enum ColorOrder: Int, Decodable { case rgb, bgr, gray }

/// How a photo becomes the picture that the model takes: the record of model.json. Scale and bias are in the model itself.
struct Preprocess: Decodable, Equatable {
    var width: Int
    var height: Int
    var geometry: Geometry
    /// `crop`: the short side before the crop.
    var resizeShort: Int
    var filter: Filter
    var color: ColorOrder
    /// `fit`: 0 to 255.
    var padValue: Int

    enum CodingKeys: String, CodingKey {
        case width, height, geometry, filter, color
        case resizeShort = "resize_short"
        case padValue = "pad_value"
    }
}

/// The part of a photo that the model sees, in its pixels.
struct Window: Equatable {
    var x, y, width, height: Double
}

/// A photo's pixels to a model's picture, the same bytes as on the computer that trained it. Keeps its tables and memory while
/// photos have one size, as a camera's frames do. One thread at a time.
final class Preprocessor {
    private struct Tables {
        var width, height: Int
        var x, y: Axis
        var columns, rows: Taps
    }

    let record: Preprocess
    private var kept: Tables?
    private var wide: [UInt8] = []  // the needed rows of the photo, as wide as the picture
    private var sums: [Int32] = []  // of one row of the picture
    /// [height][width][3], red first; of the last photo.
    private(set) var picture: [UInt8]

    init(_ record: Preprocess) {
        self.record = record
        picture = [UInt8](repeating: 0, count: 3 * record.width * record.height)
    }

    func window(width: Int, height: Int) -> Window {
        let t = tables(for: width, height)
        return Window(x: t.x.start, y: t.y.start, width: t.x.extent, height: t.y.extent)
    }

    /// Geometry and resizing; the result is `picture`.
    func run(_ photo: Photo) {
        let t = tables(for: photo.width, photo.height)
        let firstRow = t.rows.first[0]
        let rows = t.rows.end - firstRow
        let stride = 3 * t.x.count
        if wide.count < rows * stride { wide = [UInt8](repeating: 0, count: rows * stride) }
        if sums.count < stride { sums = [Int32](repeating: 0, count: stride) }
        for row in 0..<rows {
            resizeRow(photo, firstRow + row, t.columns, to: row * stride)
        }
        if t.x.count < record.width || t.y.count < record.height {
            for i in picture.indices { picture[i] = UInt8(record.padValue) }
        }
        for y in 0..<t.y.count {
            resizeColumns(t.rows, y, firstRow, stride, to: 3 * ((t.y.pad + y) * record.width + t.x.pad))
        }
    }

    /// The picture's grey, as the model takes it where `color` is `gray`.
    func gray(at pixel: Int) -> UInt8 {
        let r = Int(picture[3 * pixel]), g = Int(picture[3 * pixel + 1]), b = Int(picture[3 * pixel + 2])
        return UInt8((19595 * r + 38470 * g + 7471 * b + 32768) >> 16)
    }

    private func tables(for width: Int, _ height: Int) -> Tables {
        if let t = kept, t.width == width, t.height == height { return t }
        let scaled = scaledSize(width, height, record)
        let x = Axis(source: width, scaled: scaled.width, target: record.width)
        let y = Axis(source: height, scaled: scaled.height, target: record.height)
        let made = Tables(
            width: width, height: height, x: x, y: y, columns: Taps(record.filter, x), rows: Taps(record.filter, y))
        kept = made
        return made
    }

    private func resizeRow(_ photo: Photo, _ row: Int, _ taps: Taps, to start: Int) {
        photo.rgb.withUnsafeBufferPointer { rgb in
            wide.withUnsafeMutableBufferPointer { out in
                var at = start
                for i in taps.first.indices {
                    var from = 3 * (row * photo.width + taps.first[i])
                    var r = half, g = half, b = half
                    for weight in taps.weights[i] {
                        r += weight * Int32(rgb[from])
                        g += weight * Int32(rgb[from + 1])
                        b += weight * Int32(rgb[from + 2])
                        from += 3
                    }
                    out[at] = finished(r)
                    out[at + 1] = finished(g)
                    out[at + 2] = finished(b)
                    at += 3
                }
            }
        }
    }

    private func resizeColumns(_ taps: Taps, _ y: Int, _ firstRow: Int, _ stride: Int, to start: Int) {
        for i in 0..<stride { sums[i] = half }
        sums.withUnsafeMutableBufferPointer { sum in
            wide.withUnsafeBufferPointer { rows in
                for (k, weight) in taps.weights[y].enumerated() {
                    let row = (taps.first[y] - firstRow + k) * stride
                    for i in 0..<stride { sum[i] += weight * Int32(rows[row + i]) }
                }
            }
        }
        for i in 0..<stride { picture[start + i] = finished(sums[i]) }
    }
}

private let half: Int32 = 1 << Int32(weightBits - 1)

private func finished(_ sum: Int32) -> UInt8 {
    UInt8(min(max(sum >> Int32(weightBits), 0), 255))
}
