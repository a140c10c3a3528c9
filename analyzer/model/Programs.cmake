# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The runtime model: a library, and programs that hold a kernel each. The units of
# the mini-kernels are those of the trees in corpus/trees.json, compiled as they
# are: the analyzer reads the same files.
find_path(SECCOMP_INCLUDE seccomp.h REQUIRED)
find_library(SECCOMP_LIBRARY seccomp REQUIRED)
find_library(SECCOMP_ARCHIVE libseccomp.a REQUIRED)

cocodma_library(model DEPENDS nlohmann_json::nlohmann_json ${SECCOMP_LIBRARY})

# The same without sanitizers: the programs are static, and the shadow memory and
# the handlers of a sanitizer do not go with their confinement.
file(GLOB model_sources CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_SOURCE_DIR}/model/*.cpp)
add_library(cocodma_model_runtime STATIC ${model_sources}
  model/program/SmallObjects.cpp)
target_compile_options(cocodma_model_runtime PRIVATE
  -Wall -Wextra -Wno-unused-parameter -fno-rtti -O2 -fno-pie
  -fno-omit-frame-pointer -mstackrealign) # kernels align stacks to 8 bytes
target_include_directories(cocodma_model_runtime PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(cocodma_model_runtime PUBLIC
  nlohmann_json::nlohmann_json ${SECCOMP_ARCHIVE})

add_library(cocodma_model_main OBJECT model/program/main.cpp)
target_link_libraries(cocodma_model_main PUBLIC cocodma_model_runtime)
target_compile_options(cocodma_model_main PRIVATE
  -Wall -Wextra -fno-rtti -O2 -fno-pie)
target_include_directories(cocodma_model_main PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR})

add_custom_target(cocodma_model_programs)
set(corpus ${PROJECT_SOURCE_DIR}/corpus)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${corpus}/trees.json)
file(READ ${corpus}/trees.json trees_json)
string(JSON tree_count LENGTH ${trees_json} trees)
file(GLOB mini_glue CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_SOURCE_DIR}/model/mini/*.c
  ${CMAKE_CURRENT_SOURCE_DIR}/model/glue/*.c)

# model_program(NAME TREE): the mini-kernel of TREE, without its drivers.
function(model_program name tree)
  math(EXPR last "${tree_count} - 1")
  foreach(number RANGE ${last})
    string(JSON found GET ${trees_json} trees ${number} name)
    if(found STREQUAL tree)
      set(index ${number})
      break()
    endif()
  endforeach()
  if(NOT DEFINED index)
    message(FATAL_ERROR "corpus/trees.json has no tree ${tree}")
  endif()
  string(JSON core GET ${trees_json} trees ${index} core)
  string(JSON count LENGTH ${trees_json} trees ${index} units)
  math(EXPR last "${count} - 1")
  foreach(unit RANGE ${last})
    string(JSON path GET ${trees_json} trees ${index} units ${unit})
    if(NOT path MATCHES "^drivers/")
      list(APPEND units ${corpus}/${path})
    endif()
  endforeach()
  add_executable(model-${name} ${units} ${mini_glue}
    $<TARGET_OBJECTS:cocodma_model_main>)
  set_target_properties(model-${name} PROPERTIES OUTPUT_NAME ${name}
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/model-programs)
  # memcpy() of the kernel is its own: the host may watch what it writes.
  target_compile_options(model-${name} PRIVATE
    -std=gnu11 -nostdinc -Wall -O1 -g -fno-pie -fno-builtin
    -fno-strict-aliasing -fno-stack-protector -fno-delete-null-pointer-checks
    -fno-omit-frame-pointer -fno-optimize-sibling-calls
    -Dmemcpy=kernel_memcpy -Dmemset=kernel_memset -Dmemcmp=kernel_memcmp
    -D__KERNEL__ "-DKBUILD_MODNAME=\"mini\"")
  target_include_directories(model-${name} PRIVATE
    ${corpus}/minikernel/dma${core}/include ${corpus}/minikernel/include
    ${corpus}/minikernel/bus ${CMAKE_CURRENT_SOURCE_DIR}/model
    ${CMAKE_CURRENT_SOURCE_DIR}/model/mini
    ${CMAKE_CURRENT_SOURCE_DIR}/model/glue ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(model-${name} PRIVATE cocodma_model_runtime)
  set_target_properties(model-${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_options(model-${name} PRIVATE -static)
  add_dependencies(cocodma_model_programs model-${name})
  install(TARGETS model-${name} RUNTIME DESTINATION libexec/cocodma)
endfunction()

foreach(core 6 7)
  model_program(mini-${core}-none plain-${core})
  model_program(mini-${core}-option-1 ops-global-${core})
  model_program(mini-${core}-option-2 null-add-${core})
  model_program(mini-${core}-option-3 disable-function-${core})
endforeach()

# What a program around a kernel tree is made of, when it is needed: see
# treeprogram/TreeProgram.h.
set(parts ${CMAKE_CURRENT_BINARY_DIR}/model-programs/parts)
file(GLOB tree_files CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_SOURCE_DIR}/model/tree/*
  ${CMAKE_CURRENT_SOURCE_DIR}/model/tree/features/*
  ${CMAKE_CURRENT_SOURCE_DIR}/model/tree/drivers/*
  ${CMAKE_CURRENT_SOURCE_DIR}/model/tree/channels/*
  ${CMAKE_CURRENT_SOURCE_DIR}/model/mini/*
  ${CMAKE_CURRENT_SOURCE_DIR}/model/glue/*)
list(FILTER tree_files EXCLUDE REGEX "/(features|drivers|channels)$")
add_custom_command(OUTPUT ${parts}/made
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${parts}
  COMMAND ${CMAKE_COMMAND} -E copy_directory
    ${CMAKE_CURRENT_SOURCE_DIR}/model/tree ${parts}/tree
  COMMAND ${CMAKE_COMMAND} -E copy_directory
    ${CMAKE_CURRENT_SOURCE_DIR}/model/mini ${parts}/mini
  COMMAND ${CMAKE_COMMAND} -E copy_directory
    ${CMAKE_CURRENT_SOURCE_DIR}/model/glue ${parts}/glue
  COMMAND ${CMAKE_COMMAND} -E copy
    ${CMAKE_CURRENT_SOURCE_DIR}/model/KernelInterface.h ${parts}
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_OBJECTS:cocodma_model_main>
    ${parts}/main.o
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:cocodma_model_runtime>
    ${parts}/libruntime.a
  COMMAND ${CMAKE_COMMAND} -E copy ${SECCOMP_ARCHIVE} ${parts}/libseccomp.a
  COMMAND ${CMAKE_COMMAND} -E touch ${parts}/made
  DEPENDS cocodma_model_runtime $<TARGET_OBJECTS:cocodma_model_main>
    ${CMAKE_CURRENT_SOURCE_DIR}/model/KernelInterface.h ${tree_files}
  VERBATIM)
add_custom_target(cocodma_model_parts DEPENDS ${parts}/made)
add_dependencies(cocodma_model_programs cocodma_model_parts)
install(DIRECTORY ${parts} DESTINATION libexec/cocodma PATTERN made EXCLUDE)
