package dev.pawprint.app.ui

import dev.pawprint.app.core.ColorOrder
import dev.pawprint.app.core.Filter
import dev.pawprint.app.core.Geometry
import dev.pawprint.app.core.ModelInfo
import dev.pawprint.app.core.Preprocess
import org.json.JSONArray
import org.json.JSONObject

/** The text of model.json. Throws what org.json does, or IllegalArgumentException, when something is missing. */
fun readModelInfo(text: String): ModelInfo {
    val json = JSONObject(text)
    return ModelInfo(
        file = json.getString("tflite"),
        labels = json.getJSONArray("labels").let { all -> List(all.length()) { all.getString(it) } },
        threshold = json.getDouble("threshold").toFloat(),
        tolerance = json.getDouble("tolerance"),
        preprocess = readPreprocess(json.getJSONObject("preprocess")),
        golden = json.getJSONArray("golden").let { all -> List(all.length()) { readGolden(all.getJSONObject(it)) } },
        classWeights = if (json.isNull("class_weights")) null else json.getString("class_weights"),
    )
}

private fun readPreprocess(json: JSONObject): Preprocess = Preprocess(
    width = json.getInt("width"),
    height = json.getInt("height"),
    geometry = Geometry.entries[json.getInt("geometry")],
    resizeShort = json.getInt("resize_short"),
    filter = Filter.entries[json.getInt("filter")],
    color = ColorOrder.entries[json.getInt("color")],
    padValue = json.getInt("pad_value"),
    scale = numbers(json.getJSONArray("scale")),
    bias = numbers(json.getJSONArray("bias")),
)

private fun readGolden(json: JSONObject): ModelInfo.Golden {
    val scores = numbers(json.getJSONArray("scores"))
    return ModelInfo.Golden(json.getString("file"), FloatArray(scores.size) { scores[it].toFloat() })
}

private fun numbers(json: JSONArray): DoubleArray = DoubleArray(json.length()) { json.getDouble(it) }
