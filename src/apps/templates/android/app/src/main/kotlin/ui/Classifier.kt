package dev.pawprint.app.ui

import android.content.res.AssetManager
import android.os.SystemClock
import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.CompiledModel
import dev.pawprint.app.core.ClassMap
import dev.pawprint.app.core.ClassWeights
import dev.pawprint.app.core.ModelInfo
import dev.pawprint.app.core.Photo
import dev.pawprint.app.core.Preprocessor
import dev.pawprint.app.core.SelfTest
import dev.pawprint.app.core.Window
import dev.pawprint.app.core.best

/** One photo's answer. */
class Answer(
    val scores: FloatArray,
    /** Preprocessing and model. */
    val milliseconds: Long,
    val photoWidth: Int,
    val photoHeight: Int,
    val window: Window,
    val map: ClassMap?,
)

/** The model of the assets, ready to run. One thread at a time. All memory of a photo is made once, here. */
class Classifier(private val assets: AssetManager) {
    val info: ModelInfo = readModelInfo(bytes("model.json").decodeToString())
    private val preprocessor = Preprocessor(info.preprocess)
    private val classWeights = info.classWeights?.let { ClassWeights.read(bytes(it), info.labels.size) }
    private val model = CompiledModel.create(assets, info.file, CompiledModel.Options(Accelerator.CPU))
    private val inputs = mapOf("image" to model.createInputBuffer("image"))
    private val outputs = names().associateWith { model.createOutputBuffer(it) }
    private val input = FloatArray(info.preprocess.inputSize)

    val canExplain: Boolean get() = classWeights != null

    fun classify(photo: Photo, explain: Boolean): Answer {
        val begin = SystemClock.elapsedRealtime()
        preprocessor.input(photo, input)
        inputs.getValue("image").writeFloat(input)
        model.run(inputs, outputs)
        val scores = outputs.getValue("scores").readFloat()
        val milliseconds = SystemClock.elapsedRealtime() - begin
        check(scores.size == info.labels.size) { "the model gives ${scores.size} scores for ${info.labels.size} labels" }
        val map = if (explain) classWeights?.map(outputs.getValue("features").readFloat(), best(scores)) else null
        return Answer(scores, milliseconds, photo.width, photo.height, preprocessor.window(photo.width, photo.height), map)
    }

    fun goldenPhoto(index: Int): Photo = readGoldenPhoto(bytes(info.golden[index].file))

    /** Runs golden photo `index`, adds it to `test`, and gives its scores. */
    fun check(index: Int, test: SelfTest): FloatArray {
        val scores = classify(goldenPhoto(index), explain = false).scores
        test.add(info.golden[index].scores, scores)
        return scores
    }

    private fun names(): List<String> = if (classWeights == null) listOf("scores") else listOf("scores", "features")

    private fun bytes(asset: String): ByteArray = assets.open(asset).use { it.readBytes() }
}
