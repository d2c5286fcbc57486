// Signatures of androidx.camera 1.6 that the app uses, from its documented API.
package androidx.camera.core.resolutionselector

import android.util.Size

class AspectRatioStrategy private constructor() {
    companion object {
        val RATIO_4_3_FALLBACK_AUTO_STRATEGY: AspectRatioStrategy get() = TODO()
    }
}

class ResolutionStrategy(size: Size, fallbackRule: Int) {
    companion object {
        const val FALLBACK_RULE_CLOSEST_HIGHER_THEN_LOWER = 2
    }
}

class ResolutionSelector private constructor() {
    class Builder {
        fun setAspectRatioStrategy(strategy: AspectRatioStrategy): Builder = TODO()
        fun setResolutionStrategy(strategy: ResolutionStrategy): Builder = TODO()
        fun build(): ResolutionSelector = TODO()
    }
}
