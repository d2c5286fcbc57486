import SwiftUI

struct ContentView: View {
    @ObservedObject var screen: Screen
    @Environment(\.verticalSizeClass) private var vertical
    @State private var picks = false
    @State private var tests = false

    private let toBackground = NotificationCenter.default.publisher(for: UIApplication.didEnterBackgroundNotification)
    private let toForeground = NotificationCenter.default.publisher(for: UIApplication.willEnterForegroundNotification)

    var body: some View {
        Group {
            if vertical == .compact {
                HStack(spacing: 0) { parts }
            } else {
                VStack(spacing: 0) { parts }
            }
        }
        .onAppear { screen.load() }
        .onReceive(toBackground) { _ in screen.pause() }
        .onReceive(toForeground) { _ in screen.resume() }
        .sheet(isPresented: $picks) { PhotoPicker { screen.show($0) } }
        .sheet(isPresented: $tests) { SelfTestView(screen: screen) }
    }

    @ViewBuilder private var parts: some View {
        PictureView(screen: screen)
        ScrollView {
            VStack(alignment: .leading, spacing: 12) {
                if let info = screen.info, !screen.scores.isEmpty {
                    AnswersView(info: info, scores: screen.scores)
                }
                Text(screen.speed).font(.caption).foregroundColor(.secondary)
                controls
            }
            .padding()
            .frame(maxWidth: .infinity, alignment: .leading)
        }
    }

    @ViewBuilder private var controls: some View {
        if !screen.cameraRuns {
            Button(text("use_camera")) { screen.startCamera() }.disabled(screen.info == nil)
        } else if Camera.hasTwo {
            Button(text("other_camera")) { screen.turnCamera() }
        }
        Button(text("pick_photo")) { picks = true }.disabled(screen.info == nil)
        Toggle(text("smooth"), isOn: $screen.smooths)
        Toggle(text("why"), isOn: $screen.explains).disabled(!screen.canExplain)
        if screen.info != nil, !screen.canExplain {
            Text(text("no_why")).font(.caption).foregroundColor(.secondary)
        }
        Button(text("self_test")) { tests = true }.disabled(screen.info == nil)
    }
}

/// Camera or photo, the model's square over it, and what there is to say instead.
struct PictureView: View {
    @ObservedObject var screen: Screen

    var body: some View {
        ZStack {
            Color.black
            if let photo = screen.photo {
                Image(uiImage: photo).resizable().scaledToFit().accessibilityLabel(text("photo_description"))
            } else {
                CameraPreview(camera: screen.camera, turn: screen.cameraRuns)
                    .accessibilityElement()
                    .accessibilityLabel(text("preview_description"))
            }
            if let answer = screen.answer {
                OverlayView(answer: answer).scaleEffect(x: screen.mirrored ? -1 : 1).accessibilityHidden(true)
            }
            if let message = screen.message {
                messageBox(message)
            }
        }
        .clipped()
    }

    private func messageBox(_ message: String) -> some View {
        VStack(spacing: 12) {
            Text(message).multilineTextAlignment(.center).foregroundColor(.white)
            if screen.mayOpenSettings, let settings = URL(string: UIApplication.openSettingsURLString) {
                Button(text("open_settings")) { UIApplication.shared.open(settings) }
            }
        }
        .padding()
        .background(Color.black.opacity(0.8))
    }
}
