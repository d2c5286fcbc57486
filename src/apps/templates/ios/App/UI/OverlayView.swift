import SwiftUI

/// Over the preview or the photo, which it takes to be shown whole and centred: the part that the model sees, and the map of why.
struct OverlayView: View {
    let answer: Answer

    var body: some View {
        GeometryReader { space in
            let place = windowPlace(in: space.size)
            ZStack {
                if let map = answer.map, let colors = heat(map) {
                    Image(decorative: colors, scale: 1).resizable().interpolation(.medium)
                }
                Rectangle().stroke(Color.yellow, lineWidth: 3)
            }
            .frame(width: place.width, height: place.height)
            .position(x: place.midX, y: place.midY)
        }
    }

    private func windowPlace(in size: CGSize) -> CGRect {
        let (width, height) = (CGFloat(answer.photoWidth), CGFloat(answer.photoHeight))
        let scale = min(size.width / width, size.height / height)
        return CGRect(
            x: (size.width - scale * width) / 2 + scale * CGFloat(answer.window.x),
            y: (size.height - scale * height) / 2 + scale * CGFloat(answer.window.y),
            width: scale * CGFloat(answer.window.width),
            height: scale * CGFloat(answer.window.height))
    }

    /// A map's positive part, as strong as its largest number.
    private func heat(_ map: ClassMap) -> CGImage? {
        let most = max(map.data.max() ?? 0, 1e-9)
        var pixels: [UInt8] = []
        for value in map.data {
            let alpha = 0.75 * max(value, 0) / most
            pixels += [UInt8(255 * alpha), UInt8(60 * alpha), 0, UInt8(255 * alpha)]  // premultiplied
        }
        guard let provider = CGDataProvider(data: Data(pixels) as CFData), let space = CGColorSpace(name: CGColorSpace.sRGB)
        else { return nil }
        return CGImage(
            width: map.width, height: map.height, bitsPerComponent: 8, bitsPerPixel: 32, bytesPerRow: 4 * map.width,
            space: space, bitmapInfo: CGBitmapInfo(rawValue: CGImageAlphaInfo.premultipliedLast.rawValue),
            provider: provider, decode: nil, shouldInterpolate: true, intent: .defaultIntent)
    }
}
