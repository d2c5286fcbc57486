package dev.pawprint.app.core

import java.nio.ByteBuffer

/** Upright pixels: [height][width][3], red first. */
class Photo(val width: Int, val height: Int, val rgb: ByteArray) {
    init {
        require(width > 0 && height > 0 && rgb.size == 3 * width * height) { "pixels are missing" }
    }

    companion object {
        /** From pixels as Android's bitmaps give them, 0xAARRGGBB. */
        fun ofColors(width: Int, height: Int, colors: IntArray): Photo {
            val rgb = ByteArray(3 * width * height)
            for (i in 0 until width * height) {
                rgb[3 * i] = (colors[i] shr 16).toByte()
                rgb[3 * i + 1] = (colors[i] shr 8).toByte()
                rgb[3 * i + 2] = colors[i].toByte()
            }
            return Photo(width, height, rgb)
        }
    }
}

/** Camera frames to upright photos, in memory that frame after frame uses again: the last photo is overwritten. */
class FrameReader {
    private var photo: Photo? = null
    private var line = ByteArray(0)

    /**
     * @param rgba rows of R, G, B, A; `rowStride` bytes from one to the next, which may be more than they need
     * @param degrees clockwise, to stand upright: 0, 90, 180 or 270
     */
    fun read(rgba: ByteBuffer, width: Int, height: Int, rowStride: Int, degrees: Int): Photo {
        require(rowStride >= 4 * width) { "rows overlap" }
        val turned = degrees == 90 || degrees == 270
        val out = memory(if (turned) height else width, if (turned) width else height)
        if (line.size != 4 * width) line = ByteArray(4 * width)
        // Where the frame's first pixel goes, and from there one step along its row and one along its column.
        val (start, along, down) = when (degrees) {
            90 -> Triple(height - 1, height, -1)
            180 -> Triple(width * height - 1, -1, -width)
            270 -> Triple((width - 1) * height, -height, 1)
            else -> Triple(0, 1, width)
        }
        for (y in 0 until height) {
            rgba.position(y * rowStride)
            rgba.get(line)
            var to = 3 * (start + y * down)
            for (x in 0 until width) {
                out.rgb[to] = line[4 * x]
                out.rgb[to + 1] = line[4 * x + 1]
                out.rgb[to + 2] = line[4 * x + 2]
                to += 3 * along
            }
        }
        return out
    }

    private fun memory(width: Int, height: Int): Photo {
        photo?.let { if (it.width == width && it.height == height) return it }
        return Photo(width, height, ByteArray(3 * width * height)).also { photo = it }
    }
}
