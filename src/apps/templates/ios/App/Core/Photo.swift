/// Upright pixels: [height][width][3], red first. Keeps its memory while photos have one size.
struct Photo {
    /// How four bytes of a pixel stand in memory; the fourth is not looked at.
    enum Order {
        case rgba, bgra
    }

    static let mostSide = 65_535

    private(set) var width = 0
    private(set) var height = 0
    private(set) var rgb: [UInt8] = []

    init() {}

    init(width: Int, height: Int, rgb: [UInt8]) {
        precondition(rgb.count == 3 * width * height, "pixels are missing")
        self.width = width
        self.height = height
        self.rgb = rgb
    }

    /// Rows of pixels of four bytes; `rowBytes` from one to the next, which may be more than they need. False: no such photo.
    mutating func read(_ pixels: UnsafeRawPointer, width: Int, height: Int, rowBytes: Int, order: Order) -> Bool {
        guard (1...Photo.mostSide).contains(width), (1...Photo.mostSide).contains(height), rowBytes >= 4 * width else {
            return false
        }
        if rgb.count != 3 * width * height { rgb = [UInt8](repeating: 0, count: 3 * width * height) }
        self.width = width
        self.height = height
        let red = order == .rgba ? 0 : 2
        rgb.withUnsafeMutableBufferPointer { out in
            var at = 0
            for y in 0..<height {
                let row = pixels.advanced(by: y * rowBytes).assumingMemoryBound(to: UInt8.self)
                for x in 0..<width {
                    out[at] = row[4 * x + red]
                    out[at + 1] = row[4 * x + 1]
                    out[at + 2] = row[4 * x + 2 - red]
                    at += 3
                }
            }
        }
        return true
    }
}
