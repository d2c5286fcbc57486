// Signatures of androidx.activity 1.10 that the app uses, from its documented API.
package androidx.activity.result

import androidx.activity.result.contract.ActivityResultContracts.PickVisualMedia

fun interface ActivityResultCallback<O> {
    fun onActivityResult(result: O)
}

abstract class ActivityResultLauncher<I> {
    abstract fun launch(input: I)
}

class PickVisualMediaRequest internal constructor() {
    class Builder {
        fun setMediaType(mediaType: PickVisualMedia.VisualMediaType): Builder = TODO()
        fun build(): PickVisualMediaRequest = TODO()
    }
}
