import SwiftUI

/// The golden photos on this device, beside what the computer that made the app gave them.
struct SelfTestView: View {
    @ObservedObject var screen: Screen
    @Environment(\.dismiss) private var dismiss
    @State private var cases: [Case] = []
    @State private var result = ""
    @State private var runs = false

    private struct Case: Identifiable {
        let id: Int
        let picture: UIImage
        let label: String
    }

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: 12) {
                Button(text("done")) { dismiss() }
                Text(text("self_test")).font(.title2.bold())
                Text(text("self_test_about"))
                Button(text("self_test_run")) { run() }.disabled(runs)
                Text(result)
                ForEach(cases) { one in
                    HStack {
                        Image(uiImage: one.picture).resizable().scaledToFit().frame(width: 96, height: 96)
                            .accessibilityLabel(text("golden_description", one.id, one.label))
                        Text(one.label).accessibilityHidden(true)
                    }
                }
            }
            .padding()
            .frame(maxWidth: .infinity, alignment: .leading)
        }
    }

    private func run() {
        cases = []
        runs = true
        let all = screen.info?.golden.count ?? 0
        screen.selfTest(
            progress: { done, picture, label in
                cases.append(Case(id: done, picture: picture, label: label))
                result = text("self_test_running", done, all)
            },
            done: { finished in
                runs = false
                switch finished {
                case .success(let test): result = summary(test)
                case .failure(let error): result = text("load_failed", String(describing: error))
                }
            })
    }

    private func summary(_ test: SelfTest) -> String {
        let numbers = text("self_test_result", test.agree, test.photos, String(format: "%.1e", test.largest))
        let verdict = test.passed ? text("self_test_passed") : text("self_test_failed", String(test.tolerance))
        return "\(numbers)\n\(verdict)"
    }
}
