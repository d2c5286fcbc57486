// include/paw/paw.h as Java's class pawprint.app.Engine calls it. Handles are pointers as numbers, 0 after a failure,
// whose reason lastError() gives; everything else is checked by the C API. Buffers are direct: nothing is copied on the
// way.
#include <jni.h>
#include <paw/paw.h>

#include <cstring>

namespace {

template <class T>
T* handle(jlong number) {
  return reinterpret_cast<T*>(number);
}

template <class T>
jlong number(T* handle) {
  return reinterpret_cast<jlong>(handle);
}

// A direct buffer's memory; null where it is not one or is shorter than `bytes`.
void* memory(JNIEnv* env, jobject buffer, jlong bytes) {
  if (buffer == nullptr || env->GetDirectBufferCapacity(buffer) < bytes) return nullptr;
  return env->GetDirectBufferAddress(buffer);
}

// Seven integers (width, height, geometry, resize_short, filter, color, pad_value), then three scales and three biases.
bool preprocess_of(JNIEnv* env, jintArray integers, jdoubleArray reals, paw_preprocess* out) {
  if (integers == nullptr || reals == nullptr) return false;
  if (env->GetArrayLength(integers) != 7 || env->GetArrayLength(reals) != 6) return false;
  jint whole[7];
  double real[6];
  env->GetIntArrayRegion(integers, 0, 7, whole);
  env->GetDoubleArrayRegion(reals, 0, 6, real);
  *out = {whole[0], whole[1], whole[2], whole[3], whole[4], whole[5], whole[6], 0, {}, {}};
  std::memcpy(out->scale, real, sizeof(out->scale));
  std::memcpy(out->bias, real + 3, sizeof(out->bias));
  return true;
}

}  // namespace

#define PAW_JAVA(type, name) extern "C" JNIEXPORT type JNICALL Java_pawprint_app_Engine_##name

PAW_JAVA(jstring, lastError)(JNIEnv* env, jclass) { return env->NewStringUTF(paw_last_error()); }

PAW_JAVA(jlong, loadPlan)(JNIEnv* env, jclass, jobject buffer) {
  paw_plan* plan = nullptr;
  void* data = memory(env, buffer, 0);
  const jlong bytes = data == nullptr ? 0 : env->GetDirectBufferCapacity(buffer);
  return paw_plan_load(data, static_cast<size_t>(bytes), &plan) == PAW_OK ? number(plan) : 0;
}

PAW_JAVA(void, freePlan)(JNIEnv*, jclass, jlong plan) { paw_plan_free(handle<paw_plan>(plan)); }

PAW_JAVA(jint, outputs)(JNIEnv*, jclass, jlong plan) {
  return static_cast<jint>(paw_plan_output_count(handle<paw_plan>(plan)));
}

// The extents of an output; null: there is none of that index.
PAW_JAVA(jintArray, shape)(JNIEnv* env, jclass, jlong plan, jint output) {
  paw_port port;
  if (paw_plan_output(handle<paw_plan>(plan), static_cast<size_t>(output), &port) != PAW_OK) return nullptr;
  jint extents[PAW_MAX_RANK];
  for (int i = 0; i < port.rank; ++i) extents[i] = static_cast<jint>(port.shape[i]);
  jintArray out = env->NewIntArray(port.rank);
  if (out != nullptr) env->SetIntArrayRegion(out, 0, port.rank, extents);
  return out;
}

PAW_JAVA(jlong, createSession)(JNIEnv*, jclass, jlong plan, jint threads) {
  paw_session* session = nullptr;
  return paw_session_create(handle<paw_plan>(plan), threads, &session) == PAW_OK ? number(session) : 0;
}

PAW_JAVA(void, freeSession)(JNIEnv*, jclass, jlong session) { paw_session_free(handle<paw_session>(session)); }

// A photo of four bytes a pixel (RGBA), upright.
PAW_JAVA(jboolean, setPhoto)(JNIEnv* env, jclass, jlong session, jintArray integers, jdoubleArray reals, jobject pixels,
                             jint width, jint height) {
  paw_preprocess record;
  if (!preprocess_of(env, integers, reals, &record)) return JNI_FALSE;
  const auto* data = static_cast<const uint8_t*>(memory(env, pixels, jlong{4} * width * height));
  return paw_session_set_photo(handle<paw_session>(session), 0, &record, data, width, height, 4) == PAW_OK;
}

PAW_JAVA(jboolean, run)(JNIEnv*, jclass, jlong session) {
  return paw_session_run(handle<paw_session>(session)) == PAW_OK;
}

// An output as real numbers, all of them.
PAW_JAVA(jboolean, read)(JNIEnv* env, jclass, jlong session, jint output, jobject floats, jint count) {
  auto* data = static_cast<float*>(memory(env, floats, jlong{4} * count));
  return paw_session_read_real(handle<paw_session>(session), static_cast<size_t>(output), data,
                               static_cast<size_t>(count)) == PAW_OK;
}

// One session's output becomes another's first input.
PAW_JAVA(jboolean, take)(JNIEnv*, jclass, jlong from, jint output, jlong to) {
  const void* data = nullptr;
  void* room = nullptr;
  size_t bytes = 0, space = 0;
  if (paw_session_output_data(handle<paw_session>(from), static_cast<size_t>(output), &data, &bytes) != PAW_OK ||
      paw_session_input_data(handle<paw_session>(to), 0, &room, &space) != PAW_OK || bytes != space) {
    return JNI_FALSE;
  }
  std::memcpy(room, data, bytes);
  return JNI_TRUE;
}

// Left, top, width and height of what the model sees of a photo, in its pixels; null: no such photo.
PAW_JAVA(jdoubleArray, window)(JNIEnv* env, jclass, jintArray integers, jdoubleArray reals, jint width, jint height) {
  paw_preprocess record;
  double seen[4];
  if (!preprocess_of(env, integers, reals, &record)) return nullptr;
  if (paw_photo_window(&record, width, height, seen) != PAW_OK) return nullptr;
  jdoubleArray out = env->NewDoubleArray(4);
  if (out != nullptr) env->SetDoubleArrayRegion(out, 0, 4, seen);
  return out;
}
