import AVFoundation
import UIKit

/// The camera: starting, turning round, stopping, and why it does not start. Frames go to `onFrame` on the worker's queue, one at a
/// time; those that come while it is busy are dropped.
final class Camera: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate {
    enum Failure: Error {
        case denied, noCamera, busy
    }

    let session = AVCaptureSession()
    var front = false
    private let worker: DispatchQueue
    private let onFrame: (Photo) -> Void
    private let output = AVCaptureVideoDataOutput()
    private let control = DispatchQueue(label: "camera")  // starting blocks
    private var photo = Photo()

    init(worker: DispatchQueue, onFrame: @escaping (Photo) -> Void) {
        self.worker = worker
        self.onFrame = onFrame
        super.init()
        output.alwaysDiscardsLateVideoFrames = true
        output.videoSettings = [kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_32BGRA]
        output.setSampleBufferDelegate(self, queue: worker)
    }

    static var hasTwo: Bool { device(front: true) != nil && device(front: false) != nil }

    /// `done` is called on the main queue.
    func start(_ done: @escaping (Failure?) -> Void) {
        AVCaptureDevice.requestAccess(for: .video) { [self] allowed in
            control.async { [self] in
                let failure = allowed ? configure() : .denied
                if failure == nil, !session.isRunning { session.startRunning() }
                DispatchQueue.main.async { done(failure) }
            }
        }
    }

    func stop() {
        control.async { [self] in session.stopRunning() }
    }

    /// As the preview stands, so that frames are upright. `connection`: the preview's.
    func turn(_ connection: AVCaptureConnection?, to orientation: UIInterfaceOrientation) {
        for one in [connection, output.connection(with: .video)].compactMap({ $0 }) {
            if #available(iOS 17.0, *) {
                let angle = Camera.angle(orientation, front: front)
                if one.isVideoRotationAngleSupported(angle) { one.videoRotationAngle = angle }
            } else if one.isVideoOrientationSupported {
                one.videoOrientation = Camera.videoOrientation(orientation)
            }
        }
    }

    func captureOutput(_ output: AVCaptureOutput, didOutput frame: CMSampleBuffer, from connection: AVCaptureConnection) {
        guard let buffer = CMSampleBufferGetImageBuffer(frame) else { return }
        CVPixelBufferLockBaseAddress(buffer, .readOnly)
        defer { CVPixelBufferUnlockBaseAddress(buffer, .readOnly) }
        guard let base = CVPixelBufferGetBaseAddress(buffer),
            photo.read(
                base, width: CVPixelBufferGetWidth(buffer), height: CVPixelBufferGetHeight(buffer),
                rowBytes: CVPixelBufferGetBytesPerRow(buffer), order: .bgra)
        else { return }
        onFrame(photo)
    }

    private static func device(front: Bool) -> AVCaptureDevice? {
        AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: front ? .front : .back)
    }

    private func configure() -> Failure? {
        if Camera.device(front: front) == nil { front.toggle() }
        guard let device = Camera.device(front: front) else { return .noCamera }
        guard let input = try? AVCaptureDeviceInput(device: device) else { return .busy }
        session.beginConfiguration()
        defer { session.commitConfiguration() }
        session.inputs.forEach(session.removeInput)
        session.sessionPreset = .vga640x480
        guard session.canAddInput(input) else { return .busy }
        session.addInput(input)
        if session.outputs.isEmpty, session.canAddOutput(output) { session.addOutput(output) }
        // The preview of a front camera is a mirror, its frames are not.
        if let connection = output.connection(with: .video), connection.isVideoMirroringSupported {
            connection.automaticallyAdjustsVideoMirroring = false
            connection.isVideoMirrored = false
        }
        return session.outputs.isEmpty ? .busy : nil
    }

    // A camera's own picture lies as the device does with its home button on the right; the front camera sees it from the other side.
    private static func angle(_ orientation: UIInterfaceOrientation, front: Bool) -> CGFloat {
        switch orientation {
        case .landscapeRight: return front ? 180 : 0
        case .landscapeLeft: return front ? 0 : 180
        case .portraitUpsideDown: return 270
        default: return 90
        }
    }

    private static func videoOrientation(_ orientation: UIInterfaceOrientation) -> AVCaptureVideoOrientation {
        switch orientation {
        case .landscapeRight: return .landscapeRight
        case .landscapeLeft: return .landscapeLeft
        case .portraitUpsideDown: return .portraitUpsideDown
        default: return .portrait
        }
    }
}
