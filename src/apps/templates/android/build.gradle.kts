// The plugin brings Kotlin; LiteRT needs one of 2.3 or later.
buildscript {
    dependencies {
        classpath(libs.kotlin.gradle.plugin)
    }
}

plugins {
    alias(libs.plugins.android.application) apply false
}
