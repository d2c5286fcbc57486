package dev.pawprint.app

import dev.pawprint.app.core.ClassWeights
import dev.pawprint.app.core.SelfTest
import dev.pawprint.app.core.Smoothing
import dev.pawprint.app.core.best
import dev.pawprint.app.core.top
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class AnswersTest {
    @Test
    fun ofEqualScoresTheFirstIsTheAnswer() {
        assertEquals(1, best(floatArrayOf(0.1f, 0.45f, 0.45f)))
        assertEquals(listOf(1, 2, 0), top(floatArrayOf(0.1f, 0.45f, 0.45f), 3))
    }

    @Test
    fun twoClassesHaveTwoBars() {
        assertEquals(listOf(1, 0), top(floatArrayOf(0.3f, 0.7f), 3))
        assertEquals(listOf(0), top(floatArrayOf(1f), 3))
    }

    @Test
    fun smoothingMovesTowardsNewScores() {
        val smoothing = Smoothing(0.5f)
        assertArrayEquals(floatArrayOf(1f, 0f), smoothing.add(floatArrayOf(1f, 0f)), 0f)
        assertArrayEquals(floatArrayOf(0.5f, 0.5f), smoothing.add(floatArrayOf(0f, 1f)), 0f)
        smoothing.reset()
        assertArrayEquals(floatArrayOf(0f, 1f), smoothing.add(floatArrayOf(0f, 1f)), 0f)
    }

    @Test
    fun mapIsTheDenseLayerAtEveryPlace() {
        val file = ByteBuffer.allocate(12 + 16).order(ByteOrder.LITTLE_ENDIAN)
        listOf(1, 2, 2).forEach(file::putInt) // height, width, depth
        listOf(1f, 10f, -1f, 3f).forEach(file::putFloat)
        val weights = ClassWeights.read(file.array(), 2)
        val features = floatArrayOf(1f, 2f, 3f, 4f)
        assertArrayEquals(floatArrayOf(21f, 43f), weights.map(features, 0).data, 0f)
        assertArrayEquals(floatArrayOf(5f, 9f), weights.map(features, 1).data, 0f)
        assertThrows(IllegalArgumentException::class.java) { ClassWeights.read(file.array(), 3) }
        assertThrows(IllegalArgumentException::class.java) { weights.map(floatArrayOf(1f), 0) }
    }

    @Test
    fun selfTestPassesWhenLabelsAgreeWithinTheTolerance() {
        val test = SelfTest(0.01)
        assertFalse(test.passed)
        test.add(floatArrayOf(0.2f, 0.8f), floatArrayOf(0.205f, 0.795f))
        assertTrue(test.passed)
        assertEquals(0.005, test.largest, 1e-6)
        test.add(floatArrayOf(0.5f, 0.5f), floatArrayOf(0.495f, 0.505f))
        assertEquals(1, test.agree)
        assertFalse(test.passed)
    }

    @Test
    fun selfTestFailsBeyondTheToleranceAndOnNoNumber() {
        val far = SelfTest(0.01)
        far.add(floatArrayOf(0.2f, 0.8f), floatArrayOf(0.3f, 0.7f))
        assertFalse(far.passed)
        val nan = SelfTest(0.01)
        nan.add(floatArrayOf(0.2f, 0.8f), floatArrayOf(Float.NaN, 0.8f))
        nan.add(floatArrayOf(0.2f, 0.8f), floatArrayOf(0.2f, 0.8f))
        assertFalse(nan.passed)
        assertThrows(IllegalArgumentException::class.java) { far.add(floatArrayOf(1f), floatArrayOf(0.5f, 0.5f)) }
    }
}
