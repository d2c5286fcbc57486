package dev.pawprint.app

import dev.pawprint.app.core.ColorOrder
import dev.pawprint.app.core.Filter
import dev.pawprint.app.core.Geometry
import dev.pawprint.app.core.Photo
import dev.pawprint.app.core.Preprocess
import java.security.MessageDigest

/** A line of vectors.txt: a record, a photo's size, and what the program that made the project makes of it. */
class Vector(line: String) {
    private val words = line.split(' ')

    val record = Preprocess(
        geometry = Geometry.entries[int(0)],
        resizeShort = int(1),
        filter = Filter.entries[int(2)],
        color = ColorOrder.entries[int(3)],
        padValue = int(4),
        width = int(5),
        height = int(6),
        scale = DoubleArray(3) { words[7 + it].toDouble() },
        bias = DoubleArray(3) { words[10 + it].toDouble() },
    )
    val photoWidth = int(13)
    val photoHeight = int(14)

    /** x, y, width, height */
    val window = List(4) { words[15 + it].toDouble() }
    val picture = words[19]
    val input = words[20]

    fun photo(): Photo = formulaPhoto(photoWidth, photoHeight)

    override fun toString() = "${record.geometry} ${record.filter} ${record.color} $photoWidth x $photoHeight"

    private fun int(at: Int): Int = words[at].toInt()

    companion object {
        fun all(): List<Vector> {
            val file = checkNotNull(Vector::class.java.getResourceAsStream("/vectors.txt")) { "vectors.txt is not there" }
            return file.bufferedReader().readLines().filter { !it.startsWith("#") }.map(::Vector)
        }
    }
}

/** pixel(x, y, c) = (37 x + 91 y + 53 c + 11 x y) mod 256 */
fun formulaPhoto(width: Int, height: Int): Photo = Photo(
    width,
    height,
    ByteArray(3 * width * height) {
        val x = it / 3 % width
        val y = it / 3 / width
        (37 * x + 91 * y + 53 * (it % 3) + 11 * x * y).toByte()
    },
)

fun digest(bytes: ByteArray): String =
    MessageDigest.getInstance("SHA-256").digest(bytes).take(8).joinToString("") { "%02x".format(it) }
