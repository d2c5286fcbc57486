import SwiftUI

private let shown = 3

/// The best answer in words, the best three as bars.
struct AnswersView: View {
    let info: ModelInfo
    let scores: [Float]

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            Text(sure ? info.labels[best(scores)] : text("not_sure")).font(.title2.bold())
            if !sure { Text(text("not_sure_hint")) }
            ForEach(top(scores, shown), id: \.self) { index in
                BarView(label: info.labels[index], score: scores[index])
            }
        }
    }

    private var sure: Bool { info.isSure(scores) }
}

/// One answer: read aloud as a whole.
private struct BarView: View {
    let label: String
    let score: Float

    private static let percent: NumberFormatter = {
        let format = NumberFormatter()
        format.numberStyle = .percent
        format.maximumFractionDigits = 1
        return format
    }()

    var body: some View {
        VStack(spacing: 2) {
            HStack(alignment: .firstTextBaseline) {
                Text(label).lineLimit(3)
                Spacer()
                Text(BarView.percent.string(from: NSNumber(value: score)) ?? "")
            }
            ProgressView(value: min(max(Double(score), 0), 1))
        }
        .accessibilityElement(children: .combine)
    }
}
