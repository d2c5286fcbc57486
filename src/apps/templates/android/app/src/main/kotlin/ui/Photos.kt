package dev.pawprint.app.ui

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ColorSpace
import android.graphics.ImageDecoder
import android.graphics.Matrix
import android.media.ExifInterface
import android.net.Uri
import android.os.Build
import androidx.annotation.RequiresApi
import dev.pawprint.app.core.Photo
import java.io.IOException

/** More pixels than that are not needed by any model, and may not fit into memory. */
private const val MOST_PIXELS = 16_000_000L

fun photoOf(bitmap: Bitmap): Photo {
    val colors = IntArray(bitmap.width * bitmap.height)
    bitmap.getPixels(colors, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
    return Photo.ofColors(bitmap.width, bitmap.height, colors)
}

/** Its pixels as they are in the file: no scaling to the screen's density. */
fun readGoldenPhoto(png: ByteArray): Photo {
    val options = BitmapFactory.Options().apply { inScaled = false }
    return photoOf(BitmapFactory.decodeByteArray(png, 0, png.size, options) ?: throw IOException("a golden photo is broken"))
}

/** A picked photo, upright and in sRGB. IOException: it is none. */
fun readPhoto(resolver: ContentResolver, uri: Uri): Bitmap =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) decode(resolver, uri) else decodeBefore28(resolver, uri)

private fun sampleSize(width: Int, height: Int): Int {
    var sample = 1
    while (width.toLong() / sample * (height / sample) > MOST_PIXELS) sample *= 2
    return sample
}

@RequiresApi(Build.VERSION_CODES.P)
private fun decode(resolver: ContentResolver, uri: Uri): Bitmap =
    ImageDecoder.decodeBitmap(ImageDecoder.createSource(resolver, uri)) { decoder, image, _ ->
        decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE // whose pixels can be read
        decoder.setTargetColorSpace(ColorSpace.get(ColorSpace.Named.SRGB))
        decoder.setTargetSampleSize(sampleSize(image.size.width, image.size.height))
    }

private fun decodeBefore28(resolver: ContentResolver, uri: Uri): Bitmap {
    val file = resolver.openInputStream(uri)?.use { it.readBytes() } ?: throw IOException("cannot be opened")
    val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(file, 0, file.size, options)
    if (options.outWidth <= 0 || options.outHeight <= 0) throw IOException("is no photo")
    options.inSampleSize = sampleSize(options.outWidth, options.outHeight)
    options.inJustDecodeBounds = false
    val stored = BitmapFactory.decodeByteArray(file, 0, file.size, options) ?: throw IOException("is no photo")
    val orientation = ExifInterface(file.inputStream())
        .getAttributeInt(ExifInterface.TAG_ORIENTATION, ExifInterface.ORIENTATION_NORMAL)
    val turn = uprightMatrix(orientation) ?: return stored
    return Bitmap.createBitmap(stored, 0, 0, stored.width, stored.height, turn, false)
}

private fun uprightMatrix(orientation: Int): Matrix? {
    val matrix = Matrix()
    when (orientation) {
        ExifInterface.ORIENTATION_FLIP_HORIZONTAL -> matrix.postScale(-1f, 1f)
        ExifInterface.ORIENTATION_ROTATE_180 -> matrix.postRotate(180f)
        ExifInterface.ORIENTATION_FLIP_VERTICAL -> matrix.postScale(1f, -1f)
        ExifInterface.ORIENTATION_TRANSPOSE -> { matrix.postRotate(90f); matrix.postScale(-1f, 1f) }
        ExifInterface.ORIENTATION_ROTATE_90 -> matrix.postRotate(90f)
        ExifInterface.ORIENTATION_TRANSVERSE -> { matrix.postRotate(270f); matrix.postScale(-1f, 1f) }
        ExifInterface.ORIENTATION_ROTATE_270 -> matrix.postRotate(270f)
        else -> return null
    }
    return matrix
}
