package dev.pawprint.app

import dev.pawprint.app.core.FrameReader
import dev.pawprint.app.core.Preprocessor
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test

class PreprocessTest {
    @Test
    fun picturesAreThoseOfTheComputer() {
        for (vector in Vector.all()) {
            assertEquals("$vector", vector.picture, digest(Preprocessor(vector.record).picture(vector.photo())))
        }
    }

    @Test
    fun inputsAreThoseOfTheComputer() {
        for (vector in Vector.all()) {
            val input = FloatArray(vector.record.inputSize)
            Preprocessor(vector.record).input(vector.photo(), input)
            val bytes = ByteBuffer.allocate(4 * input.size).order(ByteOrder.LITTLE_ENDIAN)
            input.forEach(bytes::putFloat)
            assertEquals("$vector", vector.input, digest(bytes.array()))
        }
    }

    @Test
    fun windowsAreThoseOfTheComputer() {
        for (vector in Vector.all()) {
            val window = Preprocessor(vector.record).window(vector.photoWidth, vector.photoHeight)
            assertEquals("$vector", vector.window, listOf(window.x, window.y, window.width, window.height))
        }
    }

    @Test
    fun anySizeOfInput_notThatOfOneModel() {
        assertTrue(Vector.all().map { it.record.width }.containsAll(listOf(160, 224, 260)))
    }

    @Test
    fun photosOfChangingSizeDoNotMix() {
        val vectors = Vector.all()
        val preprocessor = Preprocessor(vectors[0].record)
        val same = vectors.filter { it.record.width == vectors[0].record.width && it.record.geometry == vectors[0].record.geometry }
        preprocessor.picture(formulaPhoto(640, 480))
        preprocessor.picture(formulaPhoto(33, 50))
        assertEquals(same[0].picture, digest(preprocessor.picture(same[0].photo())))
    }

    @Test
    fun framesAreTurnedBeforeTheyAreCropped() {
        // 1 2 3 / 4 5 6, each as its red
        val turned = mapOf(0 to "123456", 90 to "415263", 180 to "654321", 270 to "362514")
        for ((degrees, expected) in turned) {
            val photo = FrameReader().read(frame(3, 2, 12), 3, 2, 12, degrees)
            assertEquals(if (degrees % 180 == 0) 3 else 2, photo.width)
            assertEquals("$degrees", expected, photo.rgb.filterIndexed { i, _ -> i % 3 == 0 }.joinToString(""))
        }
    }

    @Test
    fun paddingBehindRowsIsSkipped() {
        val plain = FrameReader().read(frame(3, 2, 12), 3, 2, 12, 90)
        val padded = FrameReader().read(frame(3, 2, 32), 3, 2, 32, 90)
        assertArrayEquals(plain.rgb, padded.rgb)
    }

    @Test
    fun redAndBlueKeepTheirPlaces() {
        val photo = FrameReader().read(ByteBuffer.wrap(byteArrayOf(10, 20, 30, 40)), 1, 1, 4, 0)
        assertArrayEquals(byteArrayOf(10, 20, 30), photo.rgb)
        val bitmap = dev.pawprint.app.core.Photo.ofColors(1, 1, intArrayOf(0x280A141E))
        assertArrayEquals(byteArrayOf(10, 20, 30), bitmap.rgb)
    }

    @Test
    fun framesUseTheSameMemory() {
        val reader = FrameReader()
        assertSame(reader.read(frame(3, 2, 12), 3, 2, 12, 90), reader.read(frame(3, 2, 12), 3, 2, 12, 90))
        val preprocessor = Preprocessor(Vector.all()[0].record)
        assertSame(preprocessor.picture(formulaPhoto(9, 9)), preprocessor.picture(formulaPhoto(9, 9)))
    }

    // Green and blue are 0, alpha 99, padding 77.
    private fun frame(width: Int, height: Int, stride: Int): ByteBuffer {
        val buffer = ByteBuffer.allocateDirect(stride * height)
        for (y in 0 until height) {
            for (i in 0 until stride) {
                val inside = i < 4 * width
                val value = if (!inside) 77 else if (i % 4 == 0) y * width + i / 4 + 1 else if (i % 4 == 3) 99 else 0
                buffer.put(y * stride + i, value.toByte())
            }
        }
        return buffer
    }
}
