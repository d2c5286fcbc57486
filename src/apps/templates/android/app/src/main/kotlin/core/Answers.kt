package dev.pawprint.app.core

import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.abs
import kotlin.math.max

/** Index of the best score; of equal ones the first. */
fun best(scores: FloatArray): Int {
    var at = 0
    for (i in scores.indices) if (scores[i] > scores[at]) at = i
    return at
}

/** Indices of the `count` best scores, or of all when there are fewer; best first, of equal ones the first. */
fun top(scores: FloatArray, count: Int): List<Int> = scores.indices.sortedByDescending { scores[it] }.take(count)

/** Exponential smoothing over frames. */
class Smoothing(private val share: Float = 0.3f) {
    private var before: FloatArray? = null

    fun reset() {
        before = null
    }

    /** `share` is what the new scores count for. */
    fun add(scores: FloatArray): FloatArray {
        val old = before
        val new = if (old == null || old.size != scores.size) {
            scores.copyOf()
        } else {
            FloatArray(scores.size) { old[it] + share * (scores[it] - old[it]) }
        }
        before = new
        return new
    }
}

/** Where the model found its answer: positive numbers speak for it. [height][width] */
class ClassMap(val width: Int, val height: Int, val data: FloatArray)

/**
 * The last dense layer's weights, a row of `depth` numbers for each class. Applied to every place of the last feature map instead
 * of to their mean they tell where a class was seen (Zhou et al. 2016, arXiv:1512.04150).
 */
class ClassWeights(private val height: Int, private val width: Int, private val depth: Int, private val weights: FloatArray) {
    /** `features`: [height][width][depth]. */
    fun map(features: FloatArray, index: Int): ClassMap {
        require(features.size == height * width * depth) { "the feature map has another size" }
        val data = FloatArray(height * width) { place ->
            var sum = 0f
            for (k in 0 until depth) sum += features[place * depth + k] * weights[index * depth + k]
            sum
        }
        return ClassMap(width, height, data)
    }

    companion object {
        /** Little-endian: height, width, depth as 32-bit integers, then the weights. */
        fun read(file: ByteArray, classes: Int): ClassWeights {
            val buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN)
            val (height, width, depth) = List(3) { buffer.int }
            require(buffer.remaining().toLong() == 4L * depth * classes) { "the weights do not fit the classes" }
            return ClassWeights(height, width, depth, FloatArray(depth * classes) { buffer.float })
        }
    }
}

/** What this device made of the golden photos, beside what the computer that made the app did. */
class SelfTest(private val tolerance: Double) {
    var photos = 0
        private set
    var agree = 0
        private set
    var largest = 0.0
        private set

    fun add(expected: FloatArray, got: FloatArray) {
        require(expected.size == got.size) { "expected ${expected.size} scores, got ${got.size}" }
        ++photos
        if (best(expected) == best(got)) ++agree
        for (i in got.indices) {
            val apart = abs(expected[i].toDouble() - got[i])
            largest = if (apart.isNaN()) Double.POSITIVE_INFINITY else max(largest, apart)
        }
    }

    val passed: Boolean get() = photos > 0 && agree == photos && largest <= tolerance
}
