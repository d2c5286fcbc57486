package dev.pawprint.app

import dev.pawprint.app.ui.readModelInfo
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class ModelReaderTest {
    private val assets = File("src/main/assets")

    @Test
    fun theAssetsAreWhole() {
        val info = readModelInfo(assets.resolve("model.json").readText())
        assertTrue(assets.resolve(info.file).isFile)
        assertTrue(info.classWeights?.let { assets.resolve(it).isFile } ?: true)
        assertEquals(8, info.golden.size)
        for (golden in info.golden) {
            assertTrue(assets.resolve(golden.file).isFile)
            // Probabilities already: a softmax over them would be a second one.
            assertEquals(1.0, golden.scores.sumOf { it.toDouble() }, 0.02)
        }
    }

    @Test
    fun theFirstVectorsAreOfTheModelsRecord() {
        val record = readModelInfo(assets.resolve("model.json").readText()).preprocess
        val vector = Vector.all()[0].record
        assertEquals(record.width, vector.width)
        assertEquals(record.geometry, vector.geometry)
        assertEquals(record.scale.toList(), vector.scale.toList())
        assertEquals(record.bias.toList(), vector.bias.toList())
    }

    @Test
    fun labelsAreThoseOfTheModelAndNoneIsDropped() {
        assertEquals(listOf("a\n\"b\"", "🐈, кот", ""), readModelInfo(json("""["a\n\"b\"", "🐈, кот", ""]""", "[0, 0, 1]")).labels)
        assertThrows(IllegalArgumentException::class.java) { readModelInfo(json("""["a"]""", "[0, 0, 1]")) }
        assertThrows(IllegalArgumentException::class.java) { readModelInfo(json("[]", "[]")) }
    }

    @Test
    fun belowTheThresholdNothingIsSure() {
        val info = readModelInfo(json("""["a", "b"]""", "[0, 1]"))
        assertTrue(info.isSure(floatArrayOf(0.4f, 0.6f)))
        assertFalse(info.isSure(floatArrayOf(0.45f, 0.55f)))
    }

    private fun json(labels: String, scores: String) = """{
        "tflite": "m.tflite", "class_weights": null, "labels": $labels, "threshold": 0.6, "tolerance": 0.01,
        "preprocess": {"width": 1, "height": 1, "geometry": 0, "resize_short": 1, "filter": 0, "color": 0, "pad_value": 0,
                       "scale": [1, 1, 1], "bias": [0, 0, 0]},
        "golden": [{"file": "golden/0.png", "scores": $scores}]}"""
}
