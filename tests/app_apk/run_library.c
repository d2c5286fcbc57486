/* run_library LIBRARY PLAN WIDTH HEIGHT GEOMETRY RESIZE_SHORT FILTER COLOR PAD SCALE*3 BIAS*3 PHOTO...
 *
 * Scores of photos, a line each, by the engine as it is in an Android app. A photo is FILE,WIDTH,HEIGHT: RGBA. */
#include <dlfcn.h>
#include <paw/paw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void* library;

static void* symbol(const char* name) {
  void* found = dlsym(library, name);
  if (found == NULL) {
    fprintf(stderr, "no %s\n", name);
    exit(1);
  }
  return found;
}

#define PAW(name) ((__typeof__(&name))symbol(#name))

static void check(paw_status status) {
  if (status == PAW_OK) return;
  fprintf(stderr, "%d: %s\n", (int)status, PAW(paw_last_error)());
  exit(1);
}

static void* read_file(const char* path, size_t* bytes) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) exit(2);
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  void* data = malloc(*bytes + 1);
  if (fread(data, 1, *bytes, file) != *bytes) exit(2);
  fclose(file);
  return data;
}

int main(int count, char** words) {
  if (count < 17) return 2;
  library = dlopen(words[1], RTLD_NOW);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  size_t bytes = 0;
  void* data = read_file(words[2], &bytes);
  paw_plan* plan = NULL;
  check(PAW(paw_plan_load)(data, bytes, &plan));
  paw_session* session = NULL;
  check(PAW(paw_session_create)(plan, 1, &session));
  paw_preprocess p = {atoi(words[3]),
                      atoi(words[4]),
                      atoi(words[5]),
                      atoi(words[6]),
                      atoi(words[7]),
                      atoi(words[8]),
                      atoi(words[9]),
                      0,
                      {0},
                      {0}};
  for (int c = 0; c < 3; ++c) {
    p.scale[c] = atof(words[10 + c]);
    p.bias[c] = atof(words[13 + c]);
  }
  paw_port port;
  check(PAW(paw_plan_output)(plan, 0, &port));
  size_t classes = 1;
  for (int i = 0; i < port.rank; ++i) classes *= (size_t)port.shape[i];
  float* scores = malloc(classes * sizeof(float));
  for (int i = 16; i < count; ++i) {
    char* path = strtok(words[i], ",");
    const int width = atoi(strtok(NULL, ",")), height = atoi(strtok(NULL, ","));
    uint8_t* pixels = read_file(path, &bytes);
    check(PAW(paw_session_set_photo)(session, 0, &p, pixels, width, height, 4));
    check(PAW(paw_session_run)(session));
    check(PAW(paw_session_read_real)(session, 0, scores, classes));
    for (size_t k = 0; k < classes; ++k) printf("%.9g%c", (double)scores[k], k + 1 == classes ? '\n' : ' ');
    free(pixels);
  }
  PAW(paw_session_free)(session);
  PAW(paw_plan_free)(plan);
  return 0;
}
