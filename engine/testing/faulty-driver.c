// Mesa's software Vulkan behind a driver that fails when it is told to: by a file of that name in the folder FAULTS.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*Function)(void);
typedef Function (*Find)(void *, const char *);
typedef int32_t (*Submit)(void *, uint32_t, const void *, void *);
typedef int32_t (*Allocate)(void *, const void *, const void *, void *);
typedef void (*Describe)(void *, void *);

// VkResult, VkPhysicalDeviceType, VkStructureType and offsets as in vulkan_core.h.
enum { DEVICE_LOST = -4, OUT_OF_DEVICE_MEMORY = -2, DISCRETE = 2, FLOAT16_FEATURES = 1000082000 };
enum { API_VERSION = 0, DEVICE_TYPE = 16, DEVICE_NAME = 20, PROPERTIES = 16, HEAP_COUNT = 260, HEAPS = 264 };

static Find findInstance, findDevice;
static Submit submit, submit2;
static Allocate allocate;
static Describe describe, describe2, memory, features;

static const char *pathOf(const char *fault, char path[1024]) {
  snprintf(path, 1024, "%s/%s", getenv("FAULTS"), fault);
  return path;
}

static int has(const char *fault) {
  char path[1024];
  return access(pathOf(fault, path), F_OK) == 0;
}

// Once: a process that lost its device ends, and the next one may be there before a test could say anything.
static int isLostNow(void) {
  char path[1024];
  return unlink(pathOf("lost", path)) == 0;
}

static int32_t trySubmit(void *queue, uint32_t count, const void *submits, void *fence) {
  return isLostNow() ? DEVICE_LOST : submit(queue, count, submits, fence);
}

static int32_t trySubmit2(void *queue, uint32_t count, const void *submits, void *fence) {
  return isLostNow() ? DEVICE_LOST : submit2(queue, count, submits, fence);
}

static int32_t tryAllocate(void *device, const void *info, const void *allocator, void *out) {
  return has("full") ? OUT_OF_DEVICE_MEMORY : allocate(device, info, allocator, out);
}

static void disguise(char *properties) {
  if (has("old")) *(uint32_t *)(properties + API_VERSION) = (1 << 22) | 61;
  if (!has("discrete")) return;
  *(uint32_t *)(properties + DEVICE_TYPE) = DISCRETE;
  strcpy(properties + DEVICE_NAME, "A test's graphics processor");
}

static void describeDisguised(void *device, void *properties) {
  describe(device, properties);
  disguise(properties);
}

static void describeDisguised2(void *device, void *properties) {
  describe2(device, properties);
  disguise((char *)properties + PROPERTIES);
}

static void withoutHalves(void *device, void *out) {
  features(device, out);
  // Structures are chained: their type, then the next one.
  for (char *each = out; has("wide") && each; each = *(char **)(each + 8))
    if (*(uint32_t *)each == FLOAT16_FEATURES) *(uint32_t *)(each + 16) = 0;
}

static void describeSmall(void *device, void *out) {
  memory(device, out);
  for (uint32_t heap = 0; has("small") && heap < *(uint32_t *)((char *)out + HEAP_COUNT); heap++)
    *(uint64_t *)((char *)out + HEAPS + 16 * heap) = 1 << 18;
}

static Function ofDevice(void *device, const char *name) {
  Function found = findDevice(device, name);
  if (!found) return found;
  if (!strcmp(name, "vkQueueSubmit")) return submit = (Submit)found, (Function)trySubmit;
  if (!strcmp(name, "vkQueueSubmit2")) return submit2 = (Submit)found, (Function)trySubmit2;
  if (!strcmp(name, "vkAllocateMemory")) return allocate = (Allocate)found, (Function)tryAllocate;
  return found;
}

Function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  if (!findInstance) {
    void *mesa = dlopen("libvulkan_lvp.so", RTLD_NOW | RTLD_LOCAL);
    findInstance = mesa ? (Find)dlsym(mesa, "vk_icdGetInstanceProcAddr") : 0;
  }
  Function found = findInstance ? findInstance(instance, name) : 0;
  if (!found) return found;
  if (!strcmp(name, "vkGetDeviceProcAddr")) return findDevice = (Find)found, (Function)ofDevice;
  if (!strcmp(name, "vkGetPhysicalDeviceProperties")) return describe = (Describe)found, (Function)describeDisguised;
  if (!strcmp(name, "vkGetPhysicalDeviceProperties2")) return describe2 = (Describe)found, (Function)describeDisguised2;
  if (!strcmp(name, "vkGetPhysicalDeviceMemoryProperties")) return memory = (Describe)found, (Function)describeSmall;
  if (!strcmp(name, "vkGetPhysicalDeviceFeatures2")) return features = (Describe)found, (Function)withoutHalves;
  return found;
}

int32_t vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  if (*version > 5) *version = 5;
  return 0;
}
