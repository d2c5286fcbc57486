// Signatures of com.google.ai.edge.litert 2.3 that the app uses, from its documented API.
package com.google.ai.edge.litert

import android.content.res.AssetManager

enum class Accelerator { NONE, CPU, GPU, NPU }

class Environment

class TensorBuffer : AutoCloseable {
    fun writeFloat(data: FloatArray): Unit = TODO()
    fun readFloat(): FloatArray = TODO()
    override fun close(): Unit = TODO()
}

class CompiledModel private constructor() : AutoCloseable {
    class Options(vararg accelerators: Accelerator)

    fun createInputBuffer(inputName: String, signature: String? = null): TensorBuffer = TODO()
    fun createOutputBuffer(outputName: String, signature: String? = null): TensorBuffer = TODO()
    fun run(inputs: Map<String, TensorBuffer>, outputs: Map<String, TensorBuffer>, signature: String? = null): Unit = TODO()
    override fun close(): Unit = TODO()

    companion object {
        @JvmStatic
        @JvmOverloads
        fun create(
            assetManager: AssetManager,
            assetName: String,
            options: Options = Options(Accelerator.CPU),
            optionalEnv: Environment? = null,
        ): CompiledModel = TODO()
    }
}
