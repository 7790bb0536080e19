/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "brand.h"

#include "address.h"
#include "header.h"
#include "mime.h"

/* The brand of the first address of the fields NAME that has one. */
static const struct config_brand *brand_in_field(struct message *message, const char *name)
{
    const struct header *header = &message->mime->root->header;
    const struct header_field *field = NULL;

    while ((field = header_find(header, name, field)) != NULL) {
        struct address_list list = {NULL, 0, 0};

        header_addresses(&message->arena, field->value, &list);
        for (size_t i = 0; i < list.count; i++) {
            const struct config_brand *brand = config_brand_of(
                message->config, arena_copy(&message->arena, list.items[i].email.octets,
                                            list.items[i].email.length));

            if (brand != NULL)
                return brand;
        }
    }
    return NULL;
}

const struct config_brand *brand_find(struct message *message, const char *recipient)
{
    const struct config_brand *brand = NULL;

    if (recipient != NULL)
        brand = config_brand_of(message->config, recipient);
    if (brand == NULL)
        brand = brand_in_field(message, "To");
    if (brand == NULL)
        brand = brand_in_field(message, "Cc");
    return brand;
}
