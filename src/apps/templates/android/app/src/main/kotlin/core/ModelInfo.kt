package dev.pawprint.app.core

/** What the app knows of its model: model.json. */
class ModelInfo(
    /** Asset with the model; inputs and outputs are floats. */
    val file: String,
    /** In the order of the scores. */
    val labels: List<String>,
    /** A best score below it means "not sure". */
    val threshold: Float,
    /** Largest difference of a score that the self-test accepts. */
    val tolerance: Double,
    val preprocess: Preprocess,
    val golden: List<Golden>,
    /** Asset with [ClassWeights]; null: the model has no map of where it looked. */
    val classWeights: String?,
) {
    class Golden(val file: String, val scores: FloatArray)

    init {
        require(labels.isNotEmpty()) { "the model has no labels" }
        require(golden.all { it.scores.size == labels.size }) { "scores and labels differ in number" }
    }

    fun isSure(scores: FloatArray): Boolean = scores[best(scores)] >= threshold
}
