# paw_layer(NAME [DEPENDS layer...] [LIBS lib...] [PHONE_SAFE] [RECURSIVE] [COLD] [TEST_DEPENDS layer...] [BATCH n])
#
# One folder under src/ = one static library paw_NAME, from every .cc in it. DEPENDS lists the layers it may include,
# nothing else (tools/check_layers reads these lines). Files named *_test.cc become paw_NAME_test (label fast), those
# named *_slow_test.cc become paw_NAME_slow_test (label slow); tests may include TEST_DEPENDS too. RECURSIVE takes the
# folders below as well. COLD layers, which do not compute, are optimised for size: that compiles in three quarters of the time.
# Files named *_avx2.cc and *_avx512.cc are compiled for that instruction-set tier, and left out
# elsewhere; so are *_neon.cc on anything but 64-bit ARM. *_simd128.cc goes into WebAssembly modules alone
# (app_engine.cmake).
#
# Files are compiled in batches (paw_batches): tests always, sources unless PAW_BATCHES is off, except phone-safe ones. A file costs its headers more than its lines. So a test keeps what it defines in
# `namespace paw::x_test`, and a helper in an anonymous namespace has a name that no other file of its layer gives away
# (`eval_abs` in abs.cc). BATCH is how many sources go together, 8 unless said; 1 where files are alike down to the names.

set(PAW_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
                 -Wmissing-field-initializers)
# Designated initialisers leave defaulted members out on purpose: OpDef, OpCase.
list(APPEND PAW_WARNINGS -Wno-missing-field-initializers)
# In a batch, a local name may hide what another file has in its anonymous namespace; gcc can look at locals alone.
if(PAW_BATCHES)
  list(TRANSFORM PAW_WARNINGS REPLACE "^-Wshadow$" "$<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>")
endif()
set(PAW_BATCH 8)
if(PAW_WERROR)
  list(APPEND PAW_WARNINGS -Werror)
endif()

# Replaces the sources in `list` by files that include up to `size` of them each. They name the sources from the root of the
# checkout, so that ccache knows them in another one (CMake's own UNITY_BUILD names the checkout too). Left by itself is
# what has compile options of its own or the source property SKIP_UNITY_BUILD_INCLUSION, set before paw_layer.
function(paw_batches target list size)
  set(compiled)
  set(batch)
  set(count 0)
  foreach(source IN LISTS ${list})
    get_source_file_property(options ${source} COMPILE_OPTIONS)
    get_source_file_property(alone ${source} SKIP_UNITY_BUILD_INCLUSION)
    if(options OR alone)
      list(APPEND compiled ${source})
    else()
      cmake_path(ABSOLUTE_PATH source NORMALIZE)
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
      list(APPEND batch "#include \"${source}\"\n")
    endif()
  endforeach()
  list(LENGTH batch left)
  while(left GREATER 0)
    list(SUBLIST batch 0 ${size} now)
    list(JOIN now "" content)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/${target}_${count}.cc)
    file(CONFIGURE OUTPUT ${file} CONTENT "${content}" @ONLY)
    set_source_files_properties(${file} PROPERTIES INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR})
    list(APPEND compiled ${file})
    math(EXPR count "${count} + 1")
    math(EXPR left "${left} - ${size}")
    if(left GREATER 0)
      list(SUBLIST batch ${size} -1 batch)
    endif()
  endwhile()
  set(${list} ${compiled} PARENT_SCOPE)
endfunction()

function(paw_flags target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE ${PAW_WARNINGS})
  if(PAW_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${PAW_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${PAW_SANITIZE})
  endif()
endfunction()

# A GoogleTest binary with that label (fast, mutations: also under sanitizers), run in the root of the checkout: so a path in
# PAW_SOURCE_DIR is the same in every checkout, and ccache knows the object. Each of its tests is one ctest test; under
# sanitizers each suite of fast ones (discover_suites.cmake). Nothing when tests are not built.
function(paw_test target label)
  set(sanitized fast mutations)
  if(NOT PAW_TESTS OR (NOT PAW_SLOW_TESTS AND NOT label IN_LIST sanitized))
    return()
  endif()
  set(sources ${ARGN})
  paw_batches(${target} sources ${PAW_BATCH})
  add_executable(${target} ${sources})
  paw_flags(${target})
  # Test code is compiled for compile time: optimising and UBSan-instrumenting it doubled the time of a cold ./test. What it
  # tests is compiled as usual.
  target_compile_options(${target} PRIVATE -O0 -fno-sanitize=undefined)
  target_link_libraries(${target} PRIVATE GTest::gtest_main GTest::gmock)
  target_compile_definitions(${target} PRIVATE PAW_SOURCE_DIR=".")
  if(label STREQUAL "fast" AND NOT CMAKE_CROSSCOMPILING)
    set(script ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites.cmake)
    file(CONFIGURE OUTPUT ${script} @ONLY CONTENT "include(@PROJECT_SOURCE_DIR@/cmake/discover_suites.cmake)
paw_discover_suites(@target@ @CMAKE_CURRENT_BINARY_DIR@/@target@ @PROJECT_SOURCE_DIR@ @label@)
")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${script})
    return()
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${target}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()

# A Python script as one ctest test; exit code 0 is success. PAW_SOURCE_DIR and PAW_BUILD_DIR are in its environment.
function(paw_script_test name label script)
  if(NOT PAW_TESTS)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${script})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 1500 ENVIRONMENT
    "PAW_SOURCE_DIR=${PROJECT_SOURCE_DIR};PAW_BUILD_DIR=${PROJECT_BINARY_DIR};PYTHONDONTWRITEBYTECODE=1")
endfunction()

# Compile flags of the instruction-set tiers, by file name.
function(paw_tiers list)
  set(files ${${list}})
  set(flags_avx2 -mavx2 -mfma -mf16c)
  # gcc 12 takes the unset registers of its own intrinsics for a mistake.
  set(quiet "$<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized;-Wno-maybe-uninitialized>")
  set(flags_avx512 "${quiet}" ${flags_avx2} -mavx512f -mavx512vl -mavx512bw -mavx512dq -mprefer-vector-width=512)
  foreach(tier avx2 avx512)
    set(of_tier ${files})
    list(FILTER of_tier INCLUDE REGEX "_${tier}\\.cc$")
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
      set_source_files_properties(${of_tier} PROPERTIES COMPILE_OPTIONS "${flags_${tier}}")
    else()
      list(FILTER files EXCLUDE REGEX "_${tier}\\.cc$")
    endif()
  endforeach()
  list(FILTER files EXCLUDE REGEX "_simd128\\.cc$")
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    list(FILTER files EXCLUDE REGEX "_neon\\.cc$")
  endif()
  set(${list} ${files} PARENT_SCOPE)
endfunction()

function(paw_layer name)
  cmake_parse_arguments(L "PHONE_SAFE;RECURSIVE;COLD" "BATCH" "DEPENDS;LIBS;TEST_DEPENDS" ${ARGN})
  if(L_RECURSIVE)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
  else()
    file(GLOB sources CONFIGURE_DEPENDS *.cc)
  endif()
  paw_tiers(sources)
  set(slow_tests ${sources})
  list(FILTER slow_tests INCLUDE REGEX "_slow_test\\.cc$")
  set(fast_tests ${sources})
  list(FILTER fast_tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fast_tests EXCLUDE REGEX "_slow_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")

  if(NOT L_BATCH)
    set(L_BATCH ${PAW_BATCH})
  endif()
  if(PAW_BATCHES AND NOT L_PHONE_SAFE AND L_BATCH GREATER 1)
    paw_batches(paw_${name} sources ${L_BATCH})
  endif()
  add_library(paw_${name} STATIC ${sources})
  paw_flags(paw_${name})
  if(L_PHONE_SAFE)
    target_compile_options(paw_${name} PRIVATE -fno-exceptions -fno-rtti)
  endif()
  if(L_COLD)
    target_compile_options(paw_${name} PRIVATE $<$<CONFIG:Release>:-Os>)
  endif()
  list(TRANSFORM L_DEPENDS PREPEND paw_)
  list(TRANSFORM L_TEST_DEPENDS PREPEND paw_)
  target_link_libraries(paw_${name} PUBLIC ${L_DEPENDS} PRIVATE ${L_LIBS})
  if(fast_tests AND PAW_TESTS)
    paw_test(paw_${name}_test fast ${fast_tests})
    target_link_libraries(paw_${name}_test PRIVATE paw_${name} ${L_TEST_DEPENDS} ${L_LIBS})
  endif()
  if(slow_tests AND PAW_TESTS AND PAW_SLOW_TESTS)
    paw_test(paw_${name}_slow_test slow ${slow_tests})
    target_link_libraries(paw_${name}_slow_test PRIVATE paw_${name} ${L_TEST_DEPENDS} ${L_LIBS})
  endif()
endfunction()
