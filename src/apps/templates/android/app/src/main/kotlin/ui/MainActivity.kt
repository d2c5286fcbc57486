package dev.pawprint.app.ui

import android.Manifest
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Bundle
import android.os.SystemClock
import android.provider.Settings
import android.view.View
import android.widget.Button
import android.widget.CompoundButton
import android.widget.ImageView
import android.widget.TextView
import androidx.activity.ComponentActivity
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts
import androidx.core.content.ContextCompat
import dev.pawprint.app.R
import dev.pawprint.app.core.ModelInfo
import dev.pawprint.app.core.Photo
import dev.pawprint.app.core.Smoothing

/** Camera or picked photo to the classifier, its answers to the screen. */
class MainActivity : ComponentActivity() {
    private lateinit var app: App
    private lateinit var camera: CameraView
    private lateinit var bars: Bars
    private val overlay: OverlayView by lazy { findViewById(R.id.overlay) }
    private val smoothSwitch: CompoundButton by lazy { findViewById(R.id.smooth) }
    private val whySwitch: CompoundButton by lazy { findViewById(R.id.why) }
    private val smoothing = Smoothing()
    private val times = ArrayDeque<Long>() // when the last frames were answered
    private var info: ModelInfo? = null
    private var photo: Uri? = null // that is shown instead of the camera

    @Volatile
    private var explain = false // read on the worker's thread

    private val askForCamera = registerForActivityResult(ActivityResultContracts.RequestPermission()) { startCamera(ask = false) }
    private val pickPhoto = registerForActivityResult(ActivityResultContracts.PickVisualMedia()) { uri -> uri?.let(::showPhoto) }

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        setContentView(R.layout.main)
        app = application as App
        camera = CameraView(this, findViewById(R.id.preview), app, ::onFrame)
        bars = Bars(findViewById(R.id.bars), findViewById(R.id.verdict), findViewById(R.id.hint))
        camera.front = saved?.getBoolean(FRONT) ?: false
        photo = saved?.getString(PHOTO)?.let(Uri::parse)
        setListeners()
        say(getString(R.string.loading))
        app.run({ Pair(it.info, it.canExplain) }) { loaded -> onLoaded(loaded) }
    }

    override fun onSaveInstanceState(out: Bundle) {
        super.onSaveInstanceState(out)
        out.putBoolean(FRONT, camera.front)
        out.putString(PHOTO, photo?.toString())
    }

    // Coming back from the system's settings, or another app that had the camera.
    override fun onStart() {
        super.onStart()
        if (info != null && photo == null) startCamera(ask = false)
    }

    private fun setListeners() {
        button(R.id.use_camera).setOnClickListener { startCamera(ask = true) }
        button(R.id.other_camera).setOnClickListener {
            camera.front = !camera.front
            startCamera(ask = true)
        }
        button(R.id.pick).setOnClickListener {
            val images = PickVisualMediaRequest.Builder().setMediaType(ActivityResultContracts.PickVisualMedia.ImageOnly).build()
            pickPhoto.launch(images)
        }
        button(R.id.self_test).setOnClickListener { startActivity(Intent(this, SelfTestActivity::class.java)) }
        button(R.id.settings).setOnClickListener {
            startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)))
        }
        whySwitch.setOnCheckedChangeListener { _, on ->
            explain = on
            photo?.let(::showPhoto)
        }
        smoothSwitch.setOnCheckedChangeListener { _, _ -> smoothing.reset() }
    }

    private fun onLoaded(loaded: Result<Pair<ModelInfo, Boolean>>) {
        val (model, canExplain) = loaded.getOrElse { return say(getString(R.string.load_failed, it.message ?: it.toString())) }
        info = model
        explain = whySwitch.isChecked && canExplain
        whySwitch.isEnabled = canExplain
        findViewById<View>(R.id.no_why).visibility = visible(!canExplain)
        button(R.id.pick).isEnabled = true
        button(R.id.self_test).isEnabled = true
        photo?.let(::showPhoto) ?: startCamera(ask = true)
    }

    private fun startCamera(ask: Boolean) {
        photo = null
        clear()
        findViewById<View>(R.id.photo).visibility = View.GONE
        button(R.id.use_camera).visibility = View.GONE
        val allowed = ContextCompat.checkSelfPermission(this, Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED
        if (!allowed && ask) return askForCamera.launch(Manifest.permission.CAMERA)
        if (!allowed) return failed(getString(R.string.camera_denied), settings = true)
        camera.start { started ->
            val several = started.getOrElse {
                val words = if (it is NoCamera) getString(R.string.camera_none) else getString(R.string.camera_busy, it.message ?: it.toString())
                return@start failed(words, settings = false)
            }
            if (photo != null) return@start camera.stop() // one was picked meanwhile
            say("")
            button(R.id.other_camera).visibility = visible(several)
        }
    }

    private fun failed(words: String, settings: Boolean) {
        say(words, settings)
        button(R.id.use_camera).visibility = View.VISIBLE
        button(R.id.other_camera).visibility = View.GONE
    }

    // On the worker's thread.
    private fun onFrame(frame: Photo) {
        val answer = app.classifier.classify(frame, explain)
        runOnUiThread { if (photo == null && !isDestroyed) show(answer, live = true) }
    }

    private fun showPhoto(uri: Uri) {
        photo = uri
        camera.stop()
        clear()
        say("")
        button(R.id.use_camera).visibility = View.VISIBLE
        button(R.id.other_camera).visibility = View.GONE
        app.run({ classifier ->
            val bitmap = readPhoto(contentResolver, uri)
            Pair(bitmap, classifier.classify(photoOf(bitmap), explain))
        }) { result ->
            if (photo != uri || isDestroyed) return@run
            val (bitmap, answer) = result.getOrElse { return@run say(getString(R.string.bad_photo)) }
            findViewById<ImageView>(R.id.photo).apply {
                setImageBitmap(bitmap)
                visibility = View.VISIBLE
            }
            show(answer, live = false)
        }
    }

    private fun show(answer: Answer, live: Boolean) {
        val model = info ?: return
        bars.show(model, if (live && smoothSwitch.isChecked) smoothing.add(answer.scores) else answer.scores)
        overlay.show(answer, live && camera.front)
        findViewById<TextView>(R.id.speed).text = speed(answer, live)
    }

    private fun speed(answer: Answer, live: Boolean): String {
        if (!live) return getString(R.string.milliseconds, answer.milliseconds)
        times.addLast(SystemClock.elapsedRealtime())
        if (times.size > FRAMES_OF_RATE) times.removeFirst()
        val span = (times.last() - times.first()).coerceAtLeast(1)
        return getString(R.string.milliseconds_and_rate, answer.milliseconds, 1000 * (times.size - 1) / span)
    }

    private fun clear() {
        smoothing.reset()
        times.clear()
        bars.clear()
        overlay.show(null, false)
        findViewById<TextView>(R.id.speed).text = ""
    }

    private fun say(words: String, settings: Boolean = false) {
        findViewById<TextView>(R.id.message).text = words
        findViewById<View>(R.id.message_box).visibility = visible(words.isNotEmpty())
        button(R.id.settings).visibility = visible(settings)
    }

    private fun button(id: Int): Button = findViewById(id)

    private fun visible(on: Boolean): Int = if (on) View.VISIBLE else View.GONE

    private companion object {
        const val FRONT = "front"
        const val PHOTO = "photo"
        const val FRAMES_OF_RATE = 10
    }
}
