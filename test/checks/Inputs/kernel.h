/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* As much of a kernel's declarations as the tests of the design checks need. */
#ifndef TEST_KERNEL_H
#define TEST_KERNEL_H

typedef unsigned long long u64;
typedef unsigned long size_t;
typedef _Bool bool;
typedef u64 phys_addr_t;
typedef u64 dma_addr_t;
#define NULL ((void *)0)
#define __init __attribute__((section(".init.text")))
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define offsetof(t, m) __builtin_offsetof(t, m)
#define container_of(ptr, type, member) ({ \
	void *__mptr = (void *)(ptr); \
	((type *)(__mptr - offsetof(type, member))); })
#define container_of_const(ptr, type, member) \
	_Generic(ptr, \
		const typeof(*(ptr)) *: ((const type *)container_of(ptr, type, member)), \
		default: ((type *)container_of(ptr, type, member)))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

struct page;
struct dma_map_ops;
struct io_tlb_mem { int force_bounce; };
struct device_driver { const char *name; };
struct bus_type {
	const char *name;
	int (*probe)(struct device *dev);
};
struct device {
	const struct bus_type *bus;
	struct device_driver *driver;
	const struct dma_map_ops *dma_ops;
	struct io_tlb_mem *dma_io_tlb_mem;
	void *driver_data;
};
struct hv_driver { struct device_driver driver; };
struct vmbus_channel { bool co_external_memory; };
struct hv_device { struct vmbus_channel *channel; struct device device; };
struct pci_dev { int vendor; struct device dev; };
extern const struct bus_type hv_bus, pci_bus_type;
#define device_to_hv_device(d) container_of_const(d, struct hv_device, device)
static inline struct pci_dev *to_pci_dev(struct device *dev)
{
	return container_of(dev, struct pci_dev, dev);
}
#define dev_is_pci(d) ((d)->bus == &pci_bus_type)

struct scatterlist {
	struct page *page;
	unsigned int offset, length;
	dma_addr_t dma_address;
};
#define sg_dma_address(sg) ((sg)->dma_address)

struct dma_map_ops {
	void *(*alloc)(struct device *dev, size_t size, dma_addr_t *handle, unsigned int gfp, unsigned long attrs);
	void (*free)(struct device *dev, size_t size, void *addr, dma_addr_t handle, unsigned long attrs);
	dma_addr_t (*map_phys)(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs);
	void (*unmap_phys)(struct device *dev, dma_addr_t addr, size_t size, int dir, unsigned long attrs);
	int (*map_sg)(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);
	void (*unmap_sg)(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);
	void (*sync_single_for_cpu)(struct device *dev, dma_addr_t addr, size_t size, int dir);
	void (*sync_single_for_device)(struct device *dev, dma_addr_t addr, size_t size, int dir);
	int (*dma_supported)(struct device *dev, u64 mask);
};
extern const struct dma_map_ops *dma_ops;
void set_dma_ops(struct device *dev, const struct dma_map_ops *ops);

#define DMA_ATTR_MMIO (1UL << 10)
#define DMA_ATTR_CC_SHARED (1UL << 13)
dma_addr_t dma_map_single_attrs(struct device *dev, void *ptr, size_t size, int dir, unsigned long attrs);
void dma_unmap_single_attrs(struct device *dev, dma_addr_t addr, size_t size, int dir, unsigned long attrs);
dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs);
dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs);
int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);
void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);
void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, unsigned int gfp, unsigned long attrs);
#define dma_unmap_single(d, a, s, r) dma_unmap_single_attrs(d, a, s, r, 0)

phys_addr_t virt_to_phys(void *address);
unsigned long page_to_pfn(struct page *page);
#define page_to_phys(page) ((phys_addr_t)page_to_pfn(page) << PAGE_SHIFT)
phys_addr_t sg_phys(struct scatterlist *sg);
dma_addr_t __phys_to_dma(struct device *dev, phys_addr_t phys);
int set_memory_decrypted(unsigned long address, int pages);
void *kmalloc(size_t size, unsigned int gfp);
bool virtio_has_dma_quirk(void *vdev);

#endif
