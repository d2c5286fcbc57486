# paw_apk_parts(OUT): what all installable Android apps share, as lines "apk|path|file" in the variable OUT: the engine for each
# processor, and the app's Java code as classes.dex. Empty, with a line that says why, where a part cannot be made: paw is
# then built without them.

function(paw_apk_missing out)
  set(PAW_LIBCXX_INCLUDE /usr/lib/llvm-19/include/c++/v1)
  set(${out} "" PARENT_SCOPE)
  if(NOT CMAKE_HOST_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(${out} "it is built on x86-64 only" PARENT_SCOPE)
  elseif(NOT EXISTS ${PAW_LIBCXX_INCLUDE}/__config_site)
    set(${out} "no libc++ headers (Debian: libc++-19-dev)" PARENT_SCOPE)
  elseif(NOT EXISTS /usr/aarch64-linux-gnu/include/stdlib.h)
    set(${out} "no C headers for arm64 (Debian: libc6-dev-arm64-cross)" PARENT_SCOPE)
  elseif(NOT PAW_JAVAC OR NOT EXISTS ${PAW_JNI_INCLUDE}/jni.h)
    set(${out} "no Java compiler (Debian: openjdk-17-jdk-headless)" PARENT_SCOPE)
  elseif(NOT PAW_DEXER)
    set(${out} "no dexer (setup/jars fetches it)" PARENT_SCOPE)
  endif()
endfunction()

# Java sources to classes.dex; `stubs` are the signatures of Android that they use.
function(paw_dex out sources stubs)
  set(folder ${PROJECT_BINARY_DIR}/android/dex)
  set(dex ${PROJECT_BINARY_DIR}/android/classes.dex)
  add_custom_command(
    OUTPUT ${dex}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}/stubs ${folder}/classes
    COMMAND ${PAW_JAVAC} -nowarn -Xlint:-options --release 7 -d ${folder}/stubs ${stubs}
    COMMAND ${PAW_JAVAC} -Xlint:all,-options -Werror --release 7 -g:source,lines -cp ${folder}/stubs -d ${folder}/classes
            ${sources}
    COMMAND ${PAW_JAVA} -cp ${PAW_DEXER} com.android.dx.command.Main --dex --min-sdk-version=24 --output=${dex}
            ${folder}/classes
    DEPENDS ${sources} ${stubs}
    COMMENT "android classes.dex"
    VERBATIM)
  set(${out} ${dex} PARENT_SCOPE)
endfunction()

macro(paw_apk_parts out)
  set(${out})
  set(PAW_LIBCXX_INCLUDE /usr/lib/llvm-19/include/c++/v1)
  find_program(PAW_JAVAC javac)
  find_program(PAW_JAVA java)
  if(PAW_JAVAC)
    file(REAL_PATH ${PAW_JAVAC} javac)
    cmake_path(GET javac PARENT_PATH jdk)
    cmake_path(GET jdk PARENT_PATH jdk)
    set(PAW_JNI_INCLUDE ${jdk}/include)
  endif()
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/setup/jars --cached dexer OUTPUT_VARIABLE PAW_DEXER OUTPUT_STRIP_TRAILING_WHITESPACE)
  paw_apk_missing(why)
  if(why)
    message(STATUS "paw app --apk is left out: ${why}")
  else()
    foreach(abi arm64-v8a x86_64)
      paw_android_engine(library ${abi})
      list(APPEND ${out} "apk|lib/${abi}/libpaw.so|${library}")
    endforeach()
    set(app ${PROJECT_SOURCE_DIR}/src/apps/templates/apk)
    file(GLOB java CONFIGURE_DEPENDS ${app}/src/*.java)
    file(GLOB_RECURSE stubs CONFIGURE_DEPENDS ${app}/stubs/*.java)
    paw_dex(dex "${java}" "${stubs}")
    list(APPEND ${out} "apk|classes.dex|${dex}")
    file(GLOB_RECURSE resources CONFIGURE_DEPENDS RELATIVE ${app} ${app}/res/* ${app}/AndroidManifest.xml)
    list(FILTER resources EXCLUDE REGEX "README\\.md$")
    foreach(path IN LISTS resources)
      list(APPEND ${out} "apk|${path}|${app}/${path}")
    endforeach()
  endif()
endmacro()

# paw_gradle_wrapper(OUT): Gradle's wrapper for Android projects, as lines "android|path|file" in the variable OUT. Empty, with a line
# that says why, where it cannot be had.
macro(paw_gradle_wrapper out)
  set(${out})
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/setup/jars --cached gradle-wrapper OUTPUT_VARIABLE archive
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(archive)
    set(folder ${PROJECT_BINARY_DIR}/android/gradle_wrapper)
    file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder} PATTERNS gradle/8/wrapper/*)
    foreach(path gradlew gradlew.bat gradle/wrapper/gradle-wrapper.jar)
      list(APPEND ${out} "android|${path}|${folder}/gradle/8/wrapper/${path}")
    endforeach()
  else()
    message(STATUS "Android projects go without Gradle's wrapper (setup/jars fetches it)")
  endif()
endmacro()
