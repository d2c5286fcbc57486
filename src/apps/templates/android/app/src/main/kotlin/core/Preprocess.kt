package dev.pawprint.app.core

/** In the order of the numbers in model.json. */
enum class Geometry { CROP, STRETCH, FIT }

enum class Filter { BILINEAR, BICUBIC, AREA, NEAREST }

enum class ColorOrder(val channels: Int) { RGB(3), BGR(3), GRAY(1) }

/** How a photo becomes the model's input: the record of model.json. */
class Preprocess(
    val width: Int,
    val height: Int,
    val geometry: Geometry,
    /** [Geometry.CROP]: the short side before the crop. */
    val resizeShort: Int,
    val filter: Filter,
    val color: ColorOrder,
    /** [Geometry.FIT]: 0 to 255. */
    val padValue: Int,
    /** Per channel as the model sees them: input = pixel * scale + bias. */
    val scale: DoubleArray,
    val bias: DoubleArray,
) {
    val inputSize: Int get() = width * height * color.channels
}

/** The part of a photo that the model sees, in its pixels. */
class Window(val x: Double, val y: Double, val width: Double, val height: Double)

/**
 * A photo's pixels to a model's input, the same numbers to the bit as on the computer that trained it. Keeps its tables and memory
 * while photos have one size, as a camera's frames do. One thread at a time.
 */
class Preprocessor(val record: Preprocess) {
    private class Tables(val width: Int, val height: Int, val x: Axis, val y: Axis, val columns: Taps, val rows: Taps)

    private var tables: Tables? = null
    private var wide = ByteArray(0) // the needed rows of the photo, as wide as the picture
    private var sums = IntArray(0) // of one row of the picture
    private val picture = ByteArray(3 * record.width * record.height)
    private val values = Array(record.color.channels) { c ->
        FloatArray(256) { pixel -> (pixel * record.scale[c] + record.bias[c]).toFloat() }
    }

    fun window(width: Int, height: Int): Window {
        val t = tablesFor(width, height)
        return Window(t.x.start, t.y.start, t.x.extent, t.y.extent)
    }

    /** `input`: [height][width][channels], [Preprocess.inputSize] numbers. */
    fun input(photo: Photo, input: FloatArray) {
        require(input.size == record.inputSize) { "the input has another size" }
        val rgb = picture(photo)
        var at = 0
        for (i in rgb.indices step 3) {
            val r = rgb[i].toInt() and 255
            val g = rgb[i + 1].toInt() and 255
            val b = rgb[i + 2].toInt() and 255
            when (record.color) {
                ColorOrder.RGB -> { input[at++] = values[0][r]; input[at++] = values[1][g]; input[at++] = values[2][b] }
                ColorOrder.BGR -> { input[at++] = values[0][b]; input[at++] = values[1][g]; input[at++] = values[2][r] }
                ColorOrder.GRAY -> input[at++] = values[0][(19595 * r + 38470 * g + 7471 * b + 32768) shr 16]
            }
        }
    }

    /** The photo after geometry and resizing: [height][width][3], valid until the next photo. */
    fun picture(photo: Photo): ByteArray {
        val t = tablesFor(photo.width, photo.height)
        val firstRow = t.rows.first[0]
        val rows = t.rows.end - firstRow
        val stride = 3 * t.x.count
        if (wide.size < rows * stride) wide = ByteArray(rows * stride)
        if (sums.size < stride) sums = IntArray(stride)
        for (row in 0 until rows) resizeRow(photo, firstRow + row, t.columns, row * stride)
        if (t.x.pad > 0 || t.y.pad > 0 || t.x.count < record.width || t.y.count < record.height) {
            picture.fill(record.padValue.toByte())
        }
        for (y in 0 until t.y.count) {
            resizeColumns(t.rows, y, firstRow, stride, 3 * ((t.y.pad + y) * record.width + t.x.pad))
        }
        return picture
    }

    private fun tablesFor(width: Int, height: Int): Tables {
        tables?.let { if (it.width == width && it.height == height) return it }
        val (scaledWidth, scaledHeight) = scaledSize(width, height, record)
        val x = Axis.of(width, scaledWidth, record.width)
        val y = Axis.of(height, scaledHeight, record.height)
        return Tables(width, height, x, y, Taps(record.filter, x), Taps(record.filter, y)).also { tables = it }
    }

    private fun resizeRow(photo: Photo, row: Int, taps: Taps, to: Int) {
        var at = to
        for (i in taps.first.indices) {
            var from = 3 * (row * photo.width + taps.first[i])
            var r = HALF
            var g = HALF
            var b = HALF
            for (weight in taps.weights[i]) {
                r += weight * (photo.rgb[from].toInt() and 255)
                g += weight * (photo.rgb[from + 1].toInt() and 255)
                b += weight * (photo.rgb[from + 2].toInt() and 255)
                from += 3
            }
            wide[at++] = finished(r)
            wide[at++] = finished(g)
            wide[at++] = finished(b)
        }
    }

    private fun resizeColumns(taps: Taps, y: Int, firstRow: Int, stride: Int, to: Int) {
        sums.fill(HALF, 0, stride)
        for ((k, weight) in taps.weights[y].withIndex()) {
            val row = (taps.first[y] - firstRow + k) * stride
            for (i in 0 until stride) sums[i] += weight * (wide[row + i].toInt() and 255)
        }
        for (i in 0 until stride) picture[to + i] = finished(sums[i])
    }
}

private const val HALF = 1 shl (WEIGHT_BITS - 1)

private fun finished(sum: Int): Byte = (sum shr WEIGHT_BITS).coerceIn(0, 255).toByte()
