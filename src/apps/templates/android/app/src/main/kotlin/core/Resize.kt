package dev.pawprint.app.core

import kotlin.math.abs
import kotlin.math.floor
import kotlin.math.max
import kotlin.math.min

/** Weights are multiples of 2^-22. */
internal const val WEIGHT_BITS = 22

private const val MOST_PHOTO_SIDE = 65_535

/** To the nearest, halves to the even number; a >= 0, b > 0. */
private fun divideHalfEven(a: Long, b: Long): Int {
    val quotient = a / b
    val twice = a % b * 2
    return (if (twice > b || (twice == b && quotient % 2 == 1L)) quotient + 1 else quotient).toInt()
}

/** What a photo is resized to before the window is cut out of it: width, height. */
internal fun scaledSize(width: Int, height: Int, record: Preprocess): Pair<Int, Int> {
    require(width in 1..MOST_PHOTO_SIDE && height in 1..MOST_PHOTO_SIDE) { "a photo's sides are 1 to $MOST_PHOTO_SIDE pixels" }
    val w = width.toLong()
    val h = height.toLong()
    return when (record.geometry) {
        Geometry.CROP -> {
            val short = record.resizeShort
            if (w <= h) Pair(short, (short * h / w).toInt()) else Pair((short * w / h).toInt(), short)
        }
        Geometry.STRETCH -> Pair(record.width, record.height)
        Geometry.FIT ->
            if (w * record.height > h * record.width) {
                Pair(record.width, max(1, divideHalfEven(h * record.width, w)))
            } else {
                Pair(max(1, divideHalfEven(w * record.height, h)), record.height)
            }
    }
}

/** One side: the picture's pixels [pad, pad + count) are the scaled photo's [first, first + count). */
internal class Axis(val source: Int, val scaled: Int, val first: Int, val count: Int, val pad: Int) {
    private val scale = source.toDouble() / scaled

    /** Of the window, in the photo's pixels. */
    val start: Double get() = first * scale
    val extent: Double get() = count * scale

    companion object {
        fun of(source: Int, scaled: Int, target: Int): Axis {
            val first = if (scaled > target) divideHalfEven((scaled - target).toLong(), 2) else 0
            val pad = if (scaled < target) divideHalfEven((target - scaled).toLong(), 2) else 0
            return Axis(source, scaled, first, min(scaled, target), pad)
        }
    }
}

/** Of each pixel of an axis: the first source pixel that it takes, and the weights from there on. */
internal class Taps(filter: Filter, axis: Axis) {
    val first = IntArray(axis.count)
    val weights = Array(axis.count) { IntArray(0) }

    init {
        for (i in first.indices) set(i, filter, axis.source, axis.scaled, axis.first + i)
    }

    /** Behind the last source pixel that is needed. */
    val end: Int = first.indices.maxOf { first[it] + weights[it].size }

    private fun set(at: Int, filter: Filter, source: Int, scaled: Int, i: Int) {
        if (filter == Filter.NEAREST) {
            first[at] = ((2L * i + 1) * source / (2L * scaled)).toInt()
            weights[at] = intArrayOf(1 shl WEIGHT_BITS)
            return
        }
        val scale = source.toDouble() / scaled
        val factor = max(scale, 1.0)
        val support = halfWidth(filter) * factor
        val inverse = 1.0 / factor
        val center = (i + 0.5) * scale
        val begin = max(0, floor(center - support + 0.5).toInt())
        val end = min(source, floor(center + support + 0.5).toInt())
        val real = DoubleArray(end - begin) { filterValue(filter, (begin + it - center + 0.5) * inverse) }
        var total = 0.0
        for (value in real) total += value // in this order
        first[at] = begin
        // toInt() drops the fraction: halves go away from zero.
        weights[at] = IntArray(real.size) { (real[it] / total * (1 shl WEIGHT_BITS) + if (real[it] < 0) -0.5 else 0.5).toInt() }
    }
}

private fun halfWidth(filter: Filter): Double = when (filter) {
    Filter.BICUBIC -> 2.0
    Filter.AREA -> 0.5
    else -> 1.0
}

private fun filterValue(filter: Filter, x: Double): Double {
    if (filter == Filter.AREA) return if (-0.5 < x && x <= 0.5) 1.0 else 0.0
    val d = abs(x)
    if (filter == Filter.BILINEAR) return if (d < 1.0) 1.0 - d else 0.0
    if (d < 1.0) return (1.5 * d - 2.5) * d * d + 1.0
    return if (d < 2.0) (((d - 5.0) * d + 8.0) * d - 4.0) * -0.5 else 0.0
}
