package dev.pawprint.app.ui

import android.graphics.Bitmap
import android.os.Bundle
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.ImageView
import android.widget.TextView
import androidx.activity.ComponentActivity
import dev.pawprint.app.R
import dev.pawprint.app.core.Photo
import dev.pawprint.app.core.SelfTest
import dev.pawprint.app.core.best

/** The golden photos on this device, beside what the computer that made the app gave them. */
class SelfTestActivity : ComponentActivity() {
    private lateinit var app: App
    private val result: TextView by lazy { findViewById(R.id.result) }
    private val cases: ViewGroup by lazy { findViewById(R.id.cases) }
    private val start: Button by lazy { findViewById(R.id.run) }

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        setContentView(R.layout.self_test)
        app = application as App
        start.setOnClickListener { run() }
    }

    private fun run() {
        start.isEnabled = false
        cases.removeAllViews()
        app.run({ SelfTest(it.info.tolerance) }) { test ->
            test.fold({ step(0, it) }, { stop(getString(R.string.load_failed, it.message ?: it.toString())) })
        }
    }

    private fun step(index: Int, test: SelfTest) {
        if (isDestroyed) return
        app.run({ classifier ->
            val scores = classifier.check(index, test)
            Case(classifier.info.golden.size, classifier.goldenPhoto(index), classifier.info.labels[best(scores)], classifier.info.tolerance)
        }) { done ->
            val case = done.getOrElse { return@run stop(getString(R.string.load_failed, it.message ?: it.toString())) }
            if (isDestroyed) return@run
            add(index, case)
            if (index + 1 < case.all) {
                result.text = getString(R.string.self_test_running, index + 1, case.all)
                step(index + 1, test)
            } else {
                stop(summary(test, case.tolerance))
            }
        }
    }

    private class Case(val all: Int, val photo: Photo, val label: String, val tolerance: Double)

    private fun summary(test: SelfTest, tolerance: Double): String {
        val numbers = getString(R.string.self_test_result, test.agree, test.photos, "%.1e".format(test.largest))
        val verdict = if (test.passed) getString(R.string.self_test_passed) else getString(R.string.self_test_failed, tolerance.toString())
        return "$numbers\n$verdict"
    }

    private fun add(index: Int, case: Case) {
        val row = layoutInflater.inflate(R.layout.golden, cases, false)
        row.findViewById<ImageView>(R.id.picture).apply {
            setImageBitmap(bitmapOf(case.photo))
            contentDescription = getString(R.string.golden_description, index + 1, case.label)
        }
        row.findViewById<TextView>(R.id.label).text = case.label
        cases.addView(row)
    }

    private fun bitmapOf(photo: Photo): Bitmap {
        val colors = IntArray(photo.width * photo.height) {
            val at = 3 * it
            fun part(i: Int) = photo.rgb[at + i].toInt() and 255
            (255 shl 24) or (part(0) shl 16) or (part(1) shl 8) or part(2)
        }
        return Bitmap.createBitmap(colors, photo.width, photo.height, Bitmap.Config.ARGB_8888)
    }

    private fun stop(words: String) {
        result.text = words
        start.isEnabled = true
        result.visibility = View.VISIBLE
    }
}
