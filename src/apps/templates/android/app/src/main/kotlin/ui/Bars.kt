package dev.pawprint.app.ui

import android.view.View
import android.view.ViewGroup
import android.widget.ProgressBar
import android.widget.TextView
import dev.pawprint.app.R
import dev.pawprint.app.core.ModelInfo
import dev.pawprint.app.core.best
import dev.pawprint.app.core.top
import java.text.NumberFormat

private const val SHOWN = 3

/** The answers on the screen: the best one in words, the best three as bars. */
class Bars(private val rows: ViewGroup, private val verdict: TextView, private val hint: TextView) {
    private val percent = NumberFormat.getPercentInstance().apply { maximumFractionDigits = 1 }

    fun show(info: ModelInfo, scores: FloatArray) {
        val sure = info.isSure(scores)
        val words = if (sure) info.labels[best(scores)] else rows.context.getString(R.string.not_sure)
        // Said aloud when it changes, not for every frame.
        if (verdict.text.toString() != words) verdict.text = words
        hint.visibility = if (sure) View.GONE else View.VISIBLE
        if (!sure) hint.setText(R.string.not_sure_hint)
        val order = top(scores, SHOWN)
        while (rows.childCount > order.size) rows.removeViewAt(rows.childCount - 1)
        while (rows.childCount < order.size) View.inflate(rows.context, R.layout.bar, null).let(rows::addView)
        order.forEachIndexed { at, index -> fill(rows.getChildAt(at), info.labels[index], scores[index]) }
    }

    fun clear() {
        verdict.text = ""
        hint.visibility = View.GONE
        rows.removeAllViews()
    }

    private fun fill(row: View, label: String, score: Float) {
        val share = percent.format(score.toDouble())
        row.findViewById<TextView>(R.id.label).text = label
        row.findViewById<TextView>(R.id.score).text = share
        row.findViewById<ProgressBar>(R.id.bar).progress = (1000 * score).toInt().coerceIn(0, 1000)
        row.contentDescription = row.context.getString(R.string.answer, label, share)
    }
}
