import PhotosUI
import SwiftUI

/// The system's picker, which needs no permission. `onPick` on the main thread; nil: the file is no photo.
struct PhotoPicker: UIViewControllerRepresentable {
    let onPick: (UIImage?) -> Void

    func makeUIViewController(context: Context) -> PHPickerViewController {
        var options = PHPickerConfiguration()
        options.filter = .images
        let picker = PHPickerViewController(configuration: options)
        picker.delegate = context.coordinator
        return picker
    }

    func updateUIViewController(_ picker: PHPickerViewController, context: Context) {}

    func makeCoordinator() -> Coordinator { Coordinator(onPick) }

    final class Coordinator: NSObject, PHPickerViewControllerDelegate {
        private let onPick: (UIImage?) -> Void

        init(_ onPick: @escaping (UIImage?) -> Void) {
            self.onPick = onPick
        }

        func picker(_ picker: PHPickerViewController, didFinishPicking results: [PHPickerResult]) {
            picker.dismiss(animated: true)
            guard let chosen = results.first?.itemProvider else { return }
            let onPick = self.onPick
            chosen.loadObject(ofClass: UIImage.self) { object, _ in
                DispatchQueue.main.async { onPick(object as? UIImage) }
            }
        }
    }
}
