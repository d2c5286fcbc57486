package dev.pawprint.app.ui

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.RectF
import android.util.AttributeSet
import android.view.View
import dev.pawprint.app.R
import dev.pawprint.app.core.ClassMap
import kotlin.math.max
import kotlin.math.min

/** Over the preview or the photo, which it takes to be shown whole and centred: the part that the model sees, and the map of why. */
class OverlayView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    private var answer: Answer? = null
    private var heat: Bitmap? = null
    private var mirrored = false
    private val place = RectF()
    private val heatColor = context.getColor(R.color.heat)
    private val frame = Paint().apply {
        style = Paint.Style.STROKE
        color = context.getColor(R.color.frame)
        strokeWidth = 3 * resources.displayMetrics.density
    }
    private val smooth = Paint(Paint.FILTER_BITMAP_FLAG)

    /** Null clears it. `mirrored`: the picture below is shown as in a mirror. */
    fun show(newAnswer: Answer?, newMirrored: Boolean) {
        answer = newAnswer
        mirrored = newMirrored
        heat = newAnswer?.map?.let { heatOf(it) }
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val shown = answer ?: return
        val scale = min(width / shown.photoWidth.toFloat(), height / shown.photoHeight.toFloat())
        canvas.save()
        if (mirrored) canvas.scale(-1f, 1f, width / 2f, 0f)
        canvas.translate((width - scale * shown.photoWidth) / 2, (height - scale * shown.photoHeight) / 2)
        val window = shown.window
        val left = scale * window.x.toFloat()
        val top = scale * window.y.toFloat()
        place.set(left, top, left + scale * window.width.toFloat(), top + scale * window.height.toFloat())
        heat?.let { canvas.drawBitmap(it, null, place, smooth) }
        canvas.drawRect(place, frame)
        canvas.restore()
    }

    /** A map's positive part, as strong as its largest number. */
    private fun heatOf(map: ClassMap): Bitmap {
        val most = max(map.data.max(), 1e-9f)
        val colors = IntArray(map.data.size) {
            val alpha = (190 * max(map.data[it], 0f) / most).toInt()
            Color.argb(alpha, Color.red(heatColor), Color.green(heatColor), Color.blue(heatColor))
        }
        return Bitmap.createBitmap(colors, map.width, map.height, Bitmap.Config.ARGB_8888)
    }
}
