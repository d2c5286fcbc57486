import UIKit

/// More pixels than that are not needed by any model, and may not fit into memory.
private let mostPixels = 16_000_000.0

extension Photo {
    /// Upright and in sRGB.
    init(of image: UIImage) throws {
        let pixels = image.size.width * image.scale * image.size.height * image.scale
        let shrink = min(1, (mostPixels / max(Double(pixels), 1)).squareRoot())
        let width = Int((image.size.width * image.scale * shrink).rounded())
        let height = Int((image.size.height * image.scale * shrink).rounded())
        guard let space = CGColorSpace(name: CGColorSpace.sRGB), width > 0, height > 0,
            let context = CGContext(
                data: nil, width: width, height: height, bitsPerComponent: 8, bytesPerRow: 4 * width, space: space,
                bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)
        else { throw Classifier.Failure.noPhoto }
        // A UIImage draws itself upright, from the top left corner.
        context.translateBy(x: 0, y: CGFloat(height))
        context.scaleBy(x: 1, y: -1)
        UIGraphicsPushContext(context)
        image.draw(in: CGRect(x: 0, y: 0, width: width, height: height))
        UIGraphicsPopContext()
        self.init()
        guard let data = context.data,
            read(data, width: width, height: height, rowBytes: context.bytesPerRow, order: .rgba)
        else { throw Classifier.Failure.noPhoto }
    }
}
