import SwiftUI

@main
struct Main: App {
    @StateObject private var screen = Screen()

    var body: some Scene {
        WindowGroup {
            ContentView(screen: screen)
        }
    }
}

/// A word of Localizable.strings; `values` fill its places.
func text(_ key: String, _ values: CVarArg...) -> String {
    String(format: NSLocalizedString(key, comment: ""), locale: .current, arguments: values)
}
