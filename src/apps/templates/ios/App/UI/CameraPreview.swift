import AVFoundation
import SwiftUI

/// What the camera sees, whole and centred.
struct CameraPreview: UIViewRepresentable {
    let camera: Camera
    /// Anything that changes when the camera was turned round: the new one is turned upright again.
    let turn: Bool

    func makeUIView(context: Context) -> PreviewView {
        let view = PreviewView()
        view.camera = camera
        view.preview.session = camera.session
        view.preview.videoGravity = .resizeAspect
        view.backgroundColor = .black
        return view
    }

    func updateUIView(_ view: PreviewView, context: Context) {
        view.setNeedsLayout()
    }
}

final class PreviewView: UIView {
    weak var camera: Camera?

    override class var layerClass: AnyClass { AVCaptureVideoPreviewLayer.self }

    var preview: AVCaptureVideoPreviewLayer {
        guard let layer = layer as? AVCaptureVideoPreviewLayer else { preconditionFailure("the layer is of another class") }
        return layer
    }

    // Called when the device was turned, too.
    override func layoutSubviews() {
        super.layoutSubviews()
        guard let orientation = window?.windowScene?.interfaceOrientation else { return }
        camera?.turn(preview.connection, to: orientation)
    }
}
