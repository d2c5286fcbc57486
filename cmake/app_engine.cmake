# The phone-safe layers as they go into apps, compiled by clang 19 whatever compiles the program. What only training needs
# is left out: PAW_HOST_KERNEL in kernels.inc, PAW_TRAIN_STEP in steps.inc.
#
# paw_wasm_engine(OUT): WebAssembly modules, listed in the variable OUT, with wasi-libc and libc++. They import nothing.
#   engine.wasm           128-bit vectors
#   engine_relaxed.wasm   the same, multiplying and adding in one instruction
#   engine_scalar.wasm    neither, for browsers before 2022
#
# paw_android_engine(OUT ABI): libpaw.so for that ABI of Android (arm64-v8a, x86_64), its path in the variable OUT, with the
# headers of libc++ and of Debian's libc alone: what it calls is listed in src/apps/jni/bionic.txt, all else is a link
# error.

find_program(PAW_ENGINE_CXX NAMES clang++-19 REQUIRED)
find_program(PAW_ENGINE_LD NAMES ld.lld-19 REQUIRED)
set(PAW_ENGINE_FLAGS -std=c++23 -DNDEBUG -DPAW_APP_ENGINE -fno-exceptions -fno-rtti -ffp-contract=off -ffunction-sections
                     -fdata-sections -fvisibility=hidden -Wall -Wextra -I${PROJECT_SOURCE_DIR}/src
                     -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR})
# Where the time goes is compiled for speed, all else for size: an app's download.
set(PAW_ENGINE_HOT "/(conv|dwconv|conv_i8|dwconv_i8|image)_(simd128|neon|avx2)\\.cc$")
set(PAW_ENGINE_TRAINING "/(conv_grad|optimizer|peak|dropout|gather|cross_entropy)")

# Sources of the engine, relative to the checkout: of `tiers` (portable, avx2, ...) in tier_sources, what asks which tiers
# it is compiled for in per_tier, and all others: alone where they name the same helpers as their neighbours, else
# together, a batch per layer (together_LAYER).
macro(paw_engine_sources)
  set(alone)
  set(all_tiers)
  set(per_tier)
  set(batches)
  foreach(layer base tensor kernels runtime runtime/steps)
    if(layer STREQUAL kernels)
      file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src/${layer}/*.cc)
    else()
      file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src/${layer}/*.cc)
    endif()
    list(FILTER sources EXCLUDE REGEX "_test\\.cc$|${PAW_ENGINE_TRAINING}")
    set(of_tiers ${sources})
    list(FILTER of_tiers INCLUDE REGEX "_(portable|avx2|avx512|simd128|neon)\\.cc$")
    list(APPEND all_tiers ${of_tiers})
    set(asking ${sources})
    list(FILTER asking INCLUDE REGEX "/(cpu|kernels)\\.cc$")
    list(APPEND per_tier ${asking})
    list(FILTER sources EXCLUDE REGEX "_(portable|avx2|avx512|simd128|neon)\\.cc$|/(cpu|kernels)\\.cc$")
    if(layer MATCHES "^(kernels|runtime/steps)$")
      list(APPEND alone ${sources})
    else()
      list(APPEND batches ${layer})
      set(together_${layer} ${sources})
    endif()
  endforeach()
endmacro()

# Those of one tier.
function(paw_engine_tier out tier)
  set(files ${ARGN})
  list(FILTER files INCLUDE REGEX "_${tier}\\.cc$")
  set(${out} ${${out}} ${files} PARENT_SCOPE)
endfunction()

# One object in build/`folder`, from `sources` together, compiled with `flags`; appended to the list `out`.
function(paw_engine_object out folder name flags sources)
  set(text)
  foreach(source IN LISTS sources)
    string(APPEND text "#include \"${source}\"\n")
  endforeach()
  set(base ${PROJECT_BINARY_DIR}/${folder}/${name})
  file(CONFIGURE OUTPUT ${base}.cc CONTENT "${text}" @ONLY)
  add_custom_command(
    OUTPUT ${base}.o
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${PAW_ENGINE_CXX} ${PAW_ENGINE_FLAGS} ${flags} -MD -MF ${base}.d -c
            ${base}.cc -o ${base}.o
    DEPENDS ${base}.cc
    DEPFILE ${base}.d
    COMMENT "${folder} ${name}"
    VERBATIM)
  set(${out} ${${out}} ${base}.o PARENT_SCOPE)
endfunction()

# Objects of what no tier is asked of.
macro(paw_engine_common out folder flags)
  foreach(source IN LISTS alone)
    string(REPLACE / _ name ${source})
    paw_engine_object(${out} ${folder} ${name} "${flags}" ${source})
  endforeach()
  foreach(layer IN LISTS batches)
    paw_engine_object(${out} ${folder} ${layer} "${flags}" "${together_${layer}}")
  endforeach()
endmacro()

# Sizes have 64 bits, addresses 32: no plan may ask for more than they hold (kMaxArenaBytes).
set(PAW_WASM_FLAGS --target=wasm32-wasi -Os -Wno-c++11-narrowing)

function(paw_wasm_module out name objects)
  file(STRINGS ${PROJECT_SOURCE_DIR}/src/apps/wasm/exports.txt exports)
  list(TRANSFORM exports PREPEND -Wl,--export=)
  set(module ${PROJECT_BINARY_DIR}/wasm/${name}.wasm)
  add_custom_command(
    OUTPUT ${module}
    COMMAND ${PAW_ENGINE_CXX} --target=wasm32-wasi -mexec-model=reactor -O3 ${objects} -o ${module} -Wl,--gc-sections
            -Wl,--strip-all -Wl,-z,stack-size=1048576 ${exports}
    DEPENDS ${objects} ${PROJECT_SOURCE_DIR}/src/apps/wasm/exports.txt
    COMMENT "wasm ${name}.wasm"
    VERBATIM)
  set(${out} ${${out}} ${module} PARENT_SCOPE)
endfunction()

function(paw_wasm_engine out)
  paw_engine_sources()
  set(common)
  paw_engine_common(common wasm "${PAW_WASM_FLAGS}")
  paw_engine_object(common wasm platform "${PAW_WASM_FLAGS}" src/apps/wasm/platform.cc)
  foreach(variant engine engine_relaxed engine_scalar)
    set(flags ${PAW_WASM_FLAGS} -msimd128)
    set(tier simd128)
    if(variant STREQUAL engine_relaxed)
      list(APPEND flags -mrelaxed-simd)
    elseif(variant STREQUAL engine_scalar)
      set(flags ${PAW_WASM_FLAGS})
      set(tier portable)
    endif()
    set(objects ${common})
    set(of_tier ${per_tier})
    paw_engine_tier(of_tier ${tier} ${all_tiers})
    foreach(source IN LISTS of_tier)
      cmake_path(GET source STEM stem)
      set(speed)
      if(source MATCHES "${PAW_ENGINE_HOT}")
        set(speed -O2)
      endif()
      paw_engine_object(objects wasm ${variant}_${stem} "${flags};${speed}" ${source})
    endforeach()
    paw_wasm_module(modules ${variant} "${objects}")
  endforeach()
  set(${out} ${modules} PARENT_SCOPE)
endfunction()

# Libraries of Android's names with nothing in them, to link with: the program that loads libpaw.so brings the real ones.
# Their paths are appended to the list `out`.
function(paw_android_libraries out folder target)
  file(STRINGS ${PROJECT_SOURCE_DIR}/src/apps/jni/bionic.txt lines REGEX "^[a-z]")
  foreach(library libc libm)
    set(text)
    foreach(line IN LISTS lines)
      if(line MATCHES "^${library} ([A-Za-z0-9_]+)$")
        string(APPEND text ".globl ${CMAKE_MATCH_1}\n.type ${CMAKE_MATCH_1},%function\n${CMAKE_MATCH_1}:\n")
      endif()
    endforeach()
    set(base ${PROJECT_BINARY_DIR}/${folder}/${library})
    file(CONFIGURE OUTPUT ${base}.s CONTENT "${text}" @ONLY)
    add_custom_command(
      OUTPUT ${base}.so
      COMMAND ${PAW_ENGINE_CXX} --target=${target} -c ${base}.s -o ${base}.o
      COMMAND ${PAW_ENGINE_LD} -shared -soname ${library}.so ${base}.o -o ${base}.so
      DEPENDS ${base}.s
      COMMENT "${folder} ${library}.so"
      VERBATIM)
    list(APPEND made ${base}.so)
  endforeach()
  set(${out} ${${out}} ${made} PARENT_SCOPE)
endfunction()

function(paw_android_engine out abi)
  paw_engine_sources()
  set(folder android/${abi})
  if(abi STREQUAL arm64-v8a)
    set(target aarch64-linux-gnu)
    set(tiers neon)
    set(flags -mno-outline-atomics)
  else()
    set(target x86_64-linux-gnu)
    set(tiers portable avx2)
    set(flags -msse4.2 -mpopcnt)
  endif()
  # One plan serves both.
  list(APPEND flags -DPAW_PLAN_TARGET=\"android\" --target=${target} -Os -fPIC -femulated-tls -fno-stack-protector -fno-builtin-bcmp -fno-threadsafe-statics
              -fno-c++-static-destructors -fno-asynchronous-unwind-tables -nostdinc++ -isystem ${PAW_LIBCXX_INCLUDE})
  set(objects)
  paw_engine_common(objects ${folder} "${flags}")
  foreach(source src/apps/jni/platform.cc src/apps/jni/engine.cc)
    cmake_path(GET source STEM stem)
    paw_engine_object(objects ${folder} ${stem} "${flags};-isystem;${PAW_JNI_INCLUDE};-isystem;${PAW_JNI_INCLUDE}/linux"
                      ${source})
  endforeach()
  set(of_tier ${per_tier})
  foreach(tier IN LISTS tiers)
    paw_engine_tier(of_tier ${tier} ${all_tiers})
  endforeach()
  foreach(source IN LISTS of_tier)
    cmake_path(GET source STEM stem)
    set(special)
    if(source MATCHES "_avx2\\.cc$")
      set(special -mavx2 -mfma -mf16c)
    endif()
    if(source MATCHES "${PAW_ENGINE_HOT}")
      list(APPEND special -O2)
    endif()
    paw_engine_object(objects ${folder} ${stem} "${flags};${special}" ${source})
  endforeach()
  paw_android_libraries(libraries ${folder} ${target})
  set(library ${PROJECT_BINARY_DIR}/${folder}/libpaw.so)
  set(exports ${PROJECT_SOURCE_DIR}/src/apps/jni/exports.map)
  add_custom_command(
    OUTPUT ${library}
    COMMAND ${PAW_ENGINE_LD} -shared -soname libpaw.so --as-needed ${objects} ${libraries} -o ${library} --gc-sections
            --strip-all --no-undefined --version-script=${exports} --hash-style=both --build-id=none --pack-dyn-relocs=none
            -z max-page-size=16384 -z common-page-size=16384 -z noexecstack -z relro -z now
    DEPENDS ${objects} ${libraries} ${exports}
    COMMENT "${folder} libpaw.so"
    VERBATIM)
  set(${out} ${library} PARENT_SCOPE)
endfunction()
