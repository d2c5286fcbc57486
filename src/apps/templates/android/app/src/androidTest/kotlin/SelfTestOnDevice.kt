package dev.pawprint.app

import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import dev.pawprint.app.core.SelfTest
import dev.pawprint.app.ui.Classifier
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith

@RunWith(AndroidJUnit4::class)
class SelfTestOnDevice {
    @Test
    fun thisDeviceAnswersAsTheComputer() {
        val classifier = Classifier(InstrumentationRegistry.getInstrumentation().targetContext.assets)
        val test = SelfTest(classifier.info.tolerance)
        classifier.info.golden.indices.forEach { classifier.check(it, test) }
        assertEquals(test.photos, test.agree)
        assertTrue("largest difference ${test.largest}", test.passed)
    }

    @Test
    fun theModelIsMappedFromThePackage() {
        val context = InstrumentationRegistry.getInstrumentation().targetContext
        val model = Classifier(context.assets).info.file
        context.assets.openFd(model).close() // throws for a compressed asset
    }
}
